"""Traces columns to features: which ones a fitted pipeline still reads, and what each column stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import TransformedTargetRegressor
from sklearn.pipeline import Pipeline

from regression_model.config import Config
from regression_model.ensembling import PipelineEnsemble
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
    ways = _follow_all(pipeline, config, frame)
    return {name for way in ways for name in _trace_back(way)} or set(frame.columns)


def _trace_back(way: _Way) -> set[str]:
    needed = _used_by_model(way.model, way.arriving)
    for passage in reversed(way.passages):
        needed = {source for output in needed for source in passage.sources(output)}
    return needed


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
        the frame; they are named like the others. Of an ensemble the columns that reach each member's model, one
        member behind the other, are called ``<member>.<column>``.
    """
    return {
        f"{way.member}.{name}" if way.member else name: parts
        for way in _follow_all(pipeline, config, frame)
        for name, parts in _share_out(way, frame).items()
    }


def _share_out(way: _Way, frame: pd.DataFrame) -> dict[str, dict[str, float]]:
    shares = {name: {name: 1.0} for name in (way.passages[0].inputs if way.passages else frame.columns)}
    for passage in way.passages:
        owners = {output: passage.owners(output) for output in passage.outputs}
        shares = {output: _mix([shares.get(name, {}) for name in names]) for output, names in owners.items()}
    return {name: shares.get(name, {}) for name in way.arriving}


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


@dataclass(frozen=True)
class _Way:
    """All passages from the features to a fitted model; of an ensemble there is one for each member."""

    member: str
    passages: list[_Passage]
    arriving: list[str]
    model: Any


def _follow_all(pipeline: Pipeline, config: Config, frame: pd.DataFrame) -> list[_Way]:
    """Send a row through the pipeline, and through each member of an ensemble."""
    passages, rows = _follow(pipeline, config.plan().steps, frame.head(1))
    model = pipeline.steps[-1][1]
    if not isinstance(model, PipelineEnsemble):
        return [_Way("", passages, list(rows.columns), model)]
    ways = []
    for (name, member), branch in zip(model.members_, config.branches(), strict=True):
        own, arriving = _follow(member, branch.plan.steps[branch.n_common :], rows)
        ways.append(_Way(name, passages + own, list(arriving.columns), member.steps[-1][1]))
    return ways


def _follow(
    pipeline: Pipeline, steps: Sequence[PlannedStep], rows: pd.DataFrame
) -> tuple[list[_Passage], pd.DataFrame]:
    """Send rows through the steps; note the columns of those that were planned. Return what reaches the model, too."""
    planned = {item.name: item for item in steps}
    passages = []
    for name, transformer in pipeline.steps[:-1]:
        before, rows = rows, transformer.transform(rows)
        if name in planned:
            columns = _worked_on(planned[name], before)
            passages.append(_Passage(planned[name].step, columns, list(before.columns), list(rows.columns)))
    return passages, rows


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
