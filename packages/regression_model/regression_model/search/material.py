"""What all trials of a search share: the rows to learn from, their folds, and the measure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from regression_model.evaluation.scoring import Scorer
from regression_model.processing.datasets import load_dataset
from regression_model.processing.training_table import TrainingTable, build_training_table
from regression_model.records.applying import read_config
from regression_model.records.learning_rows import load_learning_rows
from regression_model.train_pipeline.splitting import Split, find_folds, take_split

if TYPE_CHECKING:
    import pandas as pd

    from regression_model.config import Config
    from regression_model.processing.datasets import Provenance

Positions = npt.NDArray[np.intp]

_MANY_ROWS = 50_000
_FOLDS, _FOLDS_OF_MANY = 5, 3


@dataclass(frozen=True)
class Source:
    """Where the rows come from, and how trials are scored on them: what a worker needs to know.

    Attributes
    ----------
    config : Config
        The one that the search began with.
    data_path : Path or None
        The table, if not the one that the configuration names.
    sample : bool
        Use the embedded table.
    validation : Path or None
        A table of further rows on which trials are scored, instead of by cross-validation.
    folds : int or None
        Of the cross-validation; None for the default.
    metric : str or None
        What is to be best; None for the default of the task.
    """

    config: Config
    data_path: Path | None = None
    sample: bool = False
    validation: Path | None = None
    folds: int | None = None
    metric: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Write it for another process."""
        file = self.config.file
        return {
            "config": self.config.model_dump(mode="json"),
            "file": None if file is None else str(file.absolute()),
            "data_path": None if self.data_path is None else str(self.data_path.absolute()),
            "sample": self.sample,
            "validation": None if self.validation is None else str(self.validation.absolute()),
            "folds": self.folds,
            "metric": self.metric,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Source:
        """Rebuild what `to_json` wrote."""
        file, data_path, validation = (
            None if document[key] is None else Path(document[key]) for key in ("file", "data_path", "validation")
        )
        config = read_config(document["config"], file)
        return cls(config, data_path, document["sample"], validation, document["folds"], document["metric"])


@dataclass(frozen=True, eq=False)
class Material:
    """Rows, folds and measure, the same in each process.

    Attributes
    ----------
    config : Config
    provenance : Provenance
    table : TrainingTable
        All rows.
    split : Split
        The rows to learn from, and the holdout: the very split that a training makes.
    scored : TrainingTable
        The rows that trials are scored on: those to learn from, or those of a validation table.
    folds : tuple of pairs of ndarray
        Positions in ``split.train`` to learn from, and in ``scored`` to predict. Each row of ``scored`` is predicted
        once.
    scorer : Scorer
        Its ``classes`` are the order of the columns of probabilities.
    tables : mapping of str to DataFrame
        Reference tables for lookups.
    """

    config: Config
    provenance: Provenance
    table: TrainingTable
    split: Split
    scored: TrainingTable
    folds: tuple[tuple[Positions, Positions], ...]
    scorer: Scorer
    tables: Mapping[str, pd.DataFrame]

    @cached_property
    def target(self) -> npt.NDArray[Any]:
        """The actual values of the rows that trials are scored on."""
        return np.asarray(self.scored.target)

    @property
    def growth(self) -> float:
        """How many times as many rows a final training has as a fold, which tells how long it will take."""
        return len(self.split.train) / max(1.0, float(np.mean([len(train) for train, _ in self.folds])))

    def take_fold(self, number: int, config: Config) -> Split:
        """Return the rows of one fold, to learn from and to predict."""
        train, test = self.folds[number]
        if self.scored.frame is self.split.train:
            return take_split(self.scored, config, train, test)
        return replace(self.split, test=self.scored.frame, test_target=self.scored.target)


def load_material(source: Source) -> Material:
    """Read, check and split the tables.

    Raises
    ------
    DataError
        If a table can't be had or used.
    TrainingError
        If it can't be split.
    ConfigError
        If there is no such metric.
    """
    config = source.config
    rows = load_learning_rows(config, data_path=source.data_path, sample=source.sample, metric=source.metric)
    n_rows = len(rows.split.train)
    if source.validation is None:
        scored, folds = rows.learned, tuple(find_folds(rows.learned, _with_folds(config, source.folds, n_rows)))
    else:
        scored = build_training_table(load_dataset(config, path=source.validation).frame, config)
        folds = ((np.arange(n_rows), np.arange(len(scored.frame))),)
    return Material(config, rows.provenance, rows.table, rows.split, scored, folds, rows.scorer, rows.tables)


def prepare(payload: Mapping[str, Any]) -> Material:
    """Load the material in a worker; see `Setup`.

    Parameters
    ----------
    payload : mapping
        A `Source`, and ``expected`` where this may be another machine: what `describe_worker` says where the search
        runs.
    """
    from regression_model.search.identity import check_worker

    source = Source.from_json(payload)
    if "expected" in payload:
        check_worker(payload["expected"], source.validation)
    return load_material(source)


def _with_folds(config: Config, folds: int | None, n_rows: int) -> Config:
    chosen = folds or (_FOLDS if n_rows <= _MANY_ROWS else _FOLDS_OF_MANY)
    return config.model_copy(update={"evaluation": config.evaluation.model_copy(update={"folds": chosen})})
