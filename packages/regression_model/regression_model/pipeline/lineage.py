"""Traces columns to features: which ones a fitted pipeline still reads, and what each column stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import TransformedTargetRegressor
from sklearn.pipeline import Pipeline

from regression_model.config import Config
from regression_model.pipeline.build import MODEL_STEP
from regression_model.steps.adapted.by_kind import kind_of
from regression_model.steps.base import Step
from regression_model.steps.plan import ALL, PlannedStep

PLACEHOLDER_STEP = "00_placeholder"


def find_features_read(pipeline: Pipeline, config: Config, frame: pd.DataFrame) -> set[str]:
    """Name the features that can influence a prediction.

    The columns that the model uses (those of a linear model with a coefficient that is not zero; all that arrive at
    any other) are traced back through the steps to the features that they are computed from.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted; built from this config.
    config : Config
    frame : DataFrame of shape (n_rows, n_features)
        Some model-ready rows, one at least; only the names of the columns behind each step are taken from them.

    Returns
    -------
    set of str
        At least one feature: a model that uses none is said to read all of them.
    """
    passages, arriving = _follow(pipeline, config, frame)
    needed = _used_by_model(pipeline.named_steps[MODEL_STEP], arriving)
    for passage in reversed(passages):
        needed = {source for output in needed for source in passage.sources(output)}
    return needed or set(frame.columns)


def find_shares(pipeline: Pipeline, config: Config, frame: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Say to which features the columns that reach the model belong, and how much of each.

    A column that keeps its name through a step still belongs to the same features, also if the step looks at other
    columns (the year of the sale, for an age). A new column belongs in equal parts to those that it is computed from.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted; built from this config, pruned or not.
    config : Config
    frame : DataFrame of shape (n_rows, n_features)
        Some model-ready rows, one at least, that the steps can transform.

    Returns
    -------
    dict of str to dict of str to float
        For each column that reaches the model, in order, the parts of the features, which sum up to 1; nothing for a
        column that no step of the config accounts for. A pruned pipeline holds constants for features that are not in
        the frame; they are named like the others.
    """
    passages, arriving = _follow(pipeline, config, frame)
    shares = {name: {name: 1.0} for name in (passages[0].inputs if passages else frame.columns)}
    for passage in passages:
        owners = {output: passage.owners(output) for output in passage.outputs}
        shares = {output: _mix([shares.get(name, {}) for name in names]) for output, names in owners.items()}
    return {name: shares.get(name, {}) for name in arriving}


def _mix(parts: list[dict[str, float]]) -> dict[str, float]:
    mixed: dict[str, float] = {}
    for part in parts:
        for name, share in part.items():
            mixed[name] = mixed.get(name, 0.0) + share / len(parts)
    return mixed


@dataclass(frozen=True)
class _Passage:
    """A step with the columns that it works on, all that arrive, and all that leave."""

    step: Step
    columns: tuple[str, ...]
    inputs: list[str]
    outputs: list[str]

    def sources(self, output: str) -> tuple[str, ...]:
        """Name the arriving columns that an outgoing one is computed from."""
        if output in self.inputs and output not in self.columns:
            return (output,)
        return tuple(source for source in self.step.sources(output, self.columns) if source in self.inputs)

    def owners(self, output: str) -> tuple[str, ...]:
        """Name the arriving columns that an outgoing one stands for."""
        sources = self.sources(output)
        return (output,) if output in sources else sources


def _follow(pipeline: Pipeline, config: Config, frame: pd.DataFrame) -> tuple[list[_Passage], list[str]]:
    """Send a row through the pipeline; note the columns of the config's steps, and those that reach the model."""
    planned = {item.name: item for item in config.plan().steps}
    passages = []
    rows = frame.head(1)
    for name, transformer in pipeline.steps[:-1]:
        before, rows = rows, transformer.transform(rows)
        if name in planned:
            columns = _worked_on(planned[name], before)
            passages.append(_Passage(planned[name].step, columns, list(before.columns), list(rows.columns)))
    return passages, list(rows.columns)


def _worked_on(planned: PlannedStep, rows: pd.DataFrame) -> tuple[str, ...]:
    """Name the columns that a step works on, now that those that arrive are known."""
    if planned.columns != (ALL,):
        return planned.columns
    return tuple(str(name) for name in rows.columns if kind_of(rows[name]) in planned.step.accepts)


def _used_by_model(model: Any, columns: list[str]) -> set[str]:  # noqa: ANN401 - any scikit-learn estimator
    inner = model.regressor_ if isinstance(model, TransformedTargetRegressor) else model
    coefficients = getattr(inner, "coef_", None)
    if coefficients is None:
        return set(columns)
    used = np.any(np.atleast_2d(coefficients) != 0, axis=0)
    return {column for column, is_used in zip(columns, used, strict=True) if is_used}


def prune_pipeline(pipeline: Pipeline, frame: pd.DataFrame, placeholders: Mapping[str, Any]) -> Pipeline:
    """Let a fitted pipeline take rows without the features that it does not read.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted on all features.
    frame : DataFrame of shape (n_rows, n_features)
        Some of the rows that it was fitted on, with all features.
    placeholders : mapping of str to value
        For each feature that it does not read, a constant that stands for it on the way through the steps.

    Returns
    -------
    Pipeline
        The same fitted steps behind one that adds the constants; the pipeline itself if there are none.
    """
    if not placeholders:
        return pipeline
    from regression_model.transformers import ColumnPlaceholder

    step = ColumnPlaceholder(dict(placeholders)).fit(frame)  # gives the columns back in this order
    return Pipeline([(PLACEHOLDER_STEP, step), *pipeline.steps])
