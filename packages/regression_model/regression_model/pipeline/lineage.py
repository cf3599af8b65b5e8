"""Finds out which features a fitted pipeline still reads, and frees it from the others."""

from __future__ import annotations

from collections.abc import Mapping
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
    arriving: list[tuple[Step, tuple[str, ...], list[str]]] = []
    planned = {item.name: item for item in config.plan().steps}
    rows = frame.head(1)
    for name, transformer in pipeline.steps[:-1]:
        arriving.append((planned[name].step, _worked_on(planned[name], rows), list(rows.columns)))
        rows = transformer.transform(rows)
    needed = _used_by_model(pipeline.named_steps[MODEL_STEP], list(rows.columns))
    for step, columns, inputs in reversed(arriving):
        needed = {source for output in needed for source in _sources(step, output, columns, inputs)}
    return needed or set(frame.columns)


def _worked_on(planned: PlannedStep, rows: pd.DataFrame) -> tuple[str, ...]:
    """Name the columns that a step works on, now that those that arrive are known."""
    if planned.columns != (ALL,):
        return planned.columns
    return tuple(str(name) for name in rows.columns if kind_of(rows[name]) in planned.step.accepts)


def _sources(step: Step, output: str, columns: tuple[str, ...], inputs: list[str]) -> tuple[str, ...]:
    if output in inputs and output not in columns:
        return (output,)
    return tuple(source for source in step.sources(output, columns) if source in inputs)


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
