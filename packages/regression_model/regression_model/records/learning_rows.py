"""The rows that trials may learn from, and the measure that compares them: the same in a search and in a sweep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regression_model.evaluation import Metric, get_metric
from regression_model.evaluation.scoring import Scorer
from regression_model.processing.datasets import load_dataset
from regression_model.processing.reference_tables import load_reference_tables
from regression_model.processing.training_table import TrainingTable, build_training_table
from regression_model.train_pipeline import split_table
from regression_model.train_pipeline.scoring import order_classes
from regression_model.train_pipeline.splitting import Split

if TYPE_CHECKING:
    import pandas as pd

    from regression_model.config import Config
    from regression_model.processing.datasets import Provenance

_DEFAULT_METRICS = {"regression": "rmse", "classification": "log_loss"}


@dataclass(frozen=True, eq=False)
class LearningRows:
    """A table that is split as a training splits it, and what its rows are measured by.

    Attributes
    ----------
    provenance : Provenance
    table : TrainingTable
        All rows.
    split : Split
        The rows to learn from, and the holdout: the very split that a training makes.
    learned : TrainingTable
        The rows to learn from alone, to be divided further.
    scorer : Scorer
        Its ``classes`` are the order of the columns of probabilities.
    tables : mapping of str to DataFrame
        Reference tables for lookups.
    """

    provenance: Provenance
    table: TrainingTable
    split: Split
    learned: TrainingTable
    scorer: Scorer
    tables: Mapping[str, pd.DataFrame]


def find_metric(config: Config, name: str | None) -> Metric[Any]:
    """Return the metric of this name; without one RMSE for a regression, log loss for a classification.

    Raises
    ------
    ConfigError
        If there is no such metric.
    """
    return get_metric(config.task, name or _DEFAULT_METRICS[config.task])


def load_learning_rows(
    config: Config, *, data_path: Path | None = None, sample: bool = False, metric: str | None = None
) -> LearningRows:
    """Read, check and split the table.

    Parameters
    ----------
    config : Config
    data_path : Path, optional
        The table, if not the one that the configuration names.
    sample : bool
        Use the embedded table.
    metric : str, optional
        See `find_metric`.

    Raises
    ------
    ConfigError
        If there is no such metric.
    DataError
        If the table can't be had or used.
    TrainingError
        If it can't be split.
    """
    definition = find_metric(config, metric)
    dataset = load_dataset(config, path=data_path, allow_sample=sample)
    table = build_training_table(dataset.frame, config)
    split = split_table(table, config)
    learned = TrainingTable(split.train, split.train_target, len(split.train), {}, split.train_groups)
    scorer = Scorer(config.task, definition.name, order_classes(split.train_target, config))
    return LearningRows(dataset.provenance, table, split, learned, scorer, load_reference_tables(config))
