"""Turns a fitted pipeline into a program: data from which it can be computed without the libraries that fitted it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.compose import TransformedTargetRegressor

from regression_model.compiled import Program
from regression_model.compiled.program import FORMAT
from regression_model.ensembling import PipelineEnsemble
from regression_model.errors import ArtifactIntegrityError, NotLowerableError
from regression_model.lowering.models import lower_ensemble, lower_explanation, lower_model
from regression_model.lowering.preprocessing import lower_steps
from regression_model.lowering.pruning import prune

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.pipeline import Pipeline

    from regression_model.config import Config
    from regression_model.lowering.builder import Builder
    from regression_model.schema import Schema

ARRAY_KEYS = ("values", "cumulative_counts", "places", "counts")
"""Where an operation may name an array."""


def compile_pipeline(pipeline: Pipeline, schema: Schema, config: Config, frame: pd.DataFrame) -> Program:
    """Lower a fitted pipeline.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted; as it is saved.
    schema : Schema
        As it is saved: what the pipeline reads, in order.
    config : Config
        From which the pipeline was built.
    frame : DataFrame of shape (n_rows, n_columns)
        Model-ready rows that it was fitted on, with the columns of the schema at least; for the explanations.

    Returns
    -------
    Program

    Raises
    ------
    NotLowerableError
        If a step, or the model, can't be said in the operations that there are; it names the step.
    """
    builder = lower_steps(pipeline, schema)
    builder.step = pipeline.steps[-1][0]
    target, estimator = _unwrap(pipeline.steps[-1][1], builder)
    if isinstance(estimator, PipelineEnsemble):
        model, columns = lower_ensemble(estimator, builder)
    else:
        model, columns = lower_model(estimator, builder), builder.column_slots()
    explanation = lower_explanation(pipeline, config, schema, frame)
    operations, numbers = prune(builder.operations, builder.may_fail, len(schema), columns)
    content = {
        "format": FORMAT,
        "inputs": builder.inputs,
        "operations": operations,
        "columns": [numbers[slot] for slot in columns],
        "model": model,
        "target": target,
        "classes": _find_classes(pipeline),
        "explanation": explanation,
    }
    program = Program(content=content, arrays=_arrays_used(builder, operations), texts=builder.texts)
    try:
        _ = program.steps  # checks all of it
    except ArtifactIntegrityError as error:
        raise NotLowerableError("compiled", str(error)) from error
    return program


def _unwrap(model: Any, builder: Builder) -> tuple[str, Any]:  # noqa: ANN401 - scikit-learn has no type for an estimator
    """Return how the target is turned back, and the estimator that learned the transformed target."""
    if isinstance(model, PipelineEnsemble):
        inverse = getattr(model, "inverse_func", None)
        if inverse not in (None, np.exp):
            raise builder.refuse("there is no lowering of its transform of the target")
        return "identity" if inverse is None else "exp", model
    if not isinstance(model, TransformedTargetRegressor):
        return "identity", model
    if type(model) is not TransformedTargetRegressor or (model.func, model.inverse_func) != (np.log, np.exp):
        raise builder.refuse("there is no lowering of its transform of the target")
    return "exp", model.regressor_


def _find_classes(pipeline: Pipeline) -> list[str] | None:
    return [str(label) for label in pipeline.classes_] if hasattr(pipeline, "classes_") else None


def _arrays_used(builder: Builder, operations: list[dict[str, Any]]) -> dict[str, Any]:
    """Leave out the arrays of operations that nothing depends on."""
    dropped = _names_in(builder.operations) - _names_in(operations)
    return {name: array for name, array in builder.arrays.items() if name not in dropped}


def _names_in(operations: list[dict[str, Any]]) -> set[str]:
    return {operation[key] for operation in operations for key in ARRAY_KEYS if isinstance(operation.get(key), str)}
