"""Works out what explanations need and the pipeline knows, before it is left behind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import TransformedTargetRegressor
from sklearn.pipeline import Pipeline

from regression_model.config import Config
from regression_model.ensembling import PipelineEnsemble
from regression_model.errors import ExplanationError
from regression_model.lowering.models.typical_row import build_typical_frame
from regression_model.pipeline import find_shares
from regression_model.schema import Schema


def lower_explanation(pipeline: Pipeline, config: Config, schema: Schema, frame: pd.DataFrame) -> dict[str, Any]:
    """Describe how the model's columns belong to features, and for linear models the row that they compare to.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted; built from this config.
    config : Config
    schema : Schema
        What the pipeline reads.
    frame : DataFrame of shape (n_rows, n_columns)
        Model-ready rows that the steps can transform, one at least.

    Returns
    -------
    dict
        The object ``explanation`` of the program (see `regression_model.compiled.attribution`); where predictions
        can't be explained, it says why.
    """
    try:
        reference = _find_reference(pipeline, schema)
    except ExplanationError as error:
        return {"unavailable": str(error)}
    positions = {name: position for position, name in enumerate(schema.names)}
    shares = find_shares(pipeline, config, frame[schema.names])
    return {
        "shares": [
            [[positions[name], float(share)] for name, share in parts.items() if name in positions]
            for parts in shares.values()
        ],
        "reference": reference,
    }


def _is_linear(model: Any) -> bool:  # noqa: ANN401 - any estimator
    """Say whether explanations of a model need a row of reference: of linear models, and of networks."""
    inner = model.regressor_ if isinstance(model, TransformedTargetRegressor) else model
    return hasattr(inner, "coef_") or hasattr(inner, "layers_")


def _splits_by_categories(model: Any) -> bool:  # noqa: ANN401 - any estimator
    inner = model.regressor_ if isinstance(model, TransformedTargetRegressor) else model
    return getattr(inner, "is_categorical_", None) is not None


def _find_reference(pipeline: Pipeline, schema: Schema) -> list[float] | None:
    """Return the typical row as it reaches the model, or the models of an ensemble; None where no model is linear."""
    model = pipeline.steps[-1][1]
    members = [member for _, member in model.members_] if isinstance(model, PipelineEnsemble) else [pipeline]
    if any(_splits_by_categories(member.steps[-1][1]) for member in members):
        raise ExplanationError(
            "histogram gradient boosting that splits by categories can't be explained; use 'ordered_encoding' in place "
            "of 'native_category', or LightGBM"
        )
    if not isinstance(model, PipelineEnsemble):
        return _build_reference([pipeline], schema) if _is_linear(model) else None
    linear = [_is_linear(member.steps[-1][1]) for _, member in model.members_]
    if not any(linear):
        return None
    values: list[float] = []
    for (_, member), is_linear in zip(model.members_, linear, strict=True):
        # Of the other members only the number of columns matters.
        own = _build_reference([pipeline, member], schema) if is_linear else [0.0] * _count_columns(member)
        values += own
    return values


def _count_columns(member: Pipeline) -> int:
    model = member.steps[-1][1]
    inner = model.regressor_ if isinstance(model, TransformedTargetRegressor) else model
    return int(inner.n_features_in_)


def _build_reference(parts: Sequence[Pipeline], schema: Schema) -> list[float]:
    """Return the typical row behind the steps of one pipeline after the other."""
    frame = build_typical_frame(schema)
    try:
        for _, step in (step for part in parts for step in part.steps[:-1]):
            frame = step.transform(frame)
        reference = frame.to_numpy(dtype=np.float64)[0]
    except Exception as error:
        raise ExplanationError(
            f"there is no typical row to compare with: a step has no result for it ({type(error).__name__})"
        ) from error
    if not np.isfinite(reference).all():
        raise ExplanationError("there is no typical row to compare with: a step has no finite result for it")
    values: list[float] = reference.tolist()
    return values
