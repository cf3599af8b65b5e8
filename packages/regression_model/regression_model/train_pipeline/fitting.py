"""Fits a pipeline, and says clearly why if that can't be done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from regression_model.errors import RegressionModelError, TrainingError
from regression_model.pipeline import (
    ModelOutputs,
    build_pipeline,
    find_features_read,
    predict_frame,
    prune_pipeline,
)
from regression_model.row_groups import row_groups
from regression_model.schema import Schema

if TYPE_CHECKING:
    from regression_model.config import Config
    from regression_model.config.ensembles import Branch
    from regression_model.train_pipeline.splitting import Split


def fit_pipeline(split: Split, config: Config, tables: Mapping[str, pd.DataFrame]) -> Pipeline:
    """Build the pipeline and fit it on the training part.

    Parameters
    ----------
    split : Split
    config : Config
    tables : mapping of str to DataFrame
        Reference tables for lookups.

    Returns
    -------
    Pipeline
        Fitted.

    Raises
    ------
    TrainingError
        If a feature has no value at all, or a step can't be fitted.
    """
    _check_known(split.train)
    pipeline = build_pipeline(config, tables)
    try:
        # One thread: sums keep their order whatever the machine, and threads can't wait for each other on a busy one.
        with threadpool_limits(1), row_groups(split.train_groups):
            return pipeline.fit(split.train, split.train_target)
    except RegressionModelError:
        raise
    except Exception as error:  # whatever a library raises becomes one message that says where
        raise TrainingError(f"the pipeline can't be fitted: {type(error).__name__}: {error}") from error


def _check_known(frame: pd.DataFrame) -> None:
    unknown = [name for name in frame.columns if frame[name].isna().all()]
    if unknown:
        raise TrainingError(
            f"no row to train on has a value of: {', '.join(unknown)}; move them to 'features.left_out', or train on "
            "more rows"
        )


def check_missing_handled(frame: pd.DataFrame, config: Config) -> None:
    """Refuse missing values that nothing handles.

    Raises
    ------
    TrainingError
        Naming the columns and what to add.
    """
    # What becomes of a missing series, the step that computes its features decides.
    frame = frame.drop(columns=list(config.features.series))
    for branch in config.branches():
        if not branch.model.handles_missing:
            _check_filled(frame, branch)


def _check_filled(frame: pd.DataFrame, branch: Branch) -> None:
    plan = branch.plan
    filled = plan.columns_where("fills_missing")
    # Behind a step whose columns are known only after fitting, the last ones known before it count.
    known = [plan.after, *(planned.before for planned in reversed(plan.steps))]
    arriving = set(next((columns for columns in known if columns is not None), frame.columns))
    open_columns = [name for name in frame.columns if name in arriving - filled and frame[name].isna().any()]
    if open_columns:
        shown = ", ".join(f"{name} ({int(frame[name].isna().sum()):,})" for name in open_columns[:10])
        raise TrainingError(
            f"missing values reach the model {branch.name or branch.model.family!r}, which can't take them: {shown}; "
            f"add 'impute_number' or 'impute_category' for these columns under {branch.key!r}, or choose a family that "
            "takes them (hist_gradient_boosting)"
        )


def drop_unread(pipeline: Pipeline, schema: Schema, split: Split, config: Config) -> tuple[Pipeline, Schema]:
    """Free the pipeline and the schema from features that no longer matter.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted on all features.
    schema : Schema
        Of all features.
    split : Split
        Its test part is used to prove that nothing changes.
    config : Config

    Returns
    -------
    pipeline : Pipeline
    schema : Schema
        What a client has to send.

    Raises
    ------
    TrainingError
        If the smaller pipeline predicts anything else, which would be a defect of this package.
    """
    read = find_features_read(pipeline, config, split.train)
    kept = schema.keep(read)
    placeholders = {
        feature.name: _placeholder(split.train[feature.name]) for feature in schema if feature.name not in read
    }
    pruned = prune_pipeline(pipeline, split.train.head(), placeholders)
    before, after = predict_held_out(pipeline, split.test), predict_held_out(pruned, split.test[kept.names])
    if not _are_same(before, after):
        raise TrainingError(
            f"the model changes without the features that it does not seem to read ({', '.join(placeholders)}); please "
            "report this, and leave the selection step out until it is mended"
        )
    return pruned, kept


def predict_held_out(pipeline: Pipeline, frame: pd.DataFrame) -> ModelOutputs:
    """Predict rows that the pipeline did not learn from.

    Raises
    ------
    TrainingError
        If a step has no result for one of them.
    """
    try:
        return predict_frame(pipeline, frame)
    except Exception as error:
        raise TrainingError(
            "the fitted pipeline can't predict the held-out rows, because of what occurs only there: "
            f"{type(error).__name__}: {error}"
        ) from error


def _are_same(before: ModelOutputs, after: ModelOutputs) -> bool:
    if before.probabilities is not None and after.probabilities is not None:
        return np.array_equal(before.probabilities, after.probabilities, equal_nan=True)
    return np.array_equal(before.predictions, after.predictions, equal_nan=True)


def _placeholder(column: pd.Series) -> object:
    """Take a value of the training rows that every step has seen."""
    known = column.dropna()
    if known.empty:
        return None if column.dtype == object else float("nan")
    value = known.mode().min() if column.dtype == object else known.sort_values().iloc[len(known) // 2]
    return float(value) if isinstance(value, float) else value
