"""Lowers all of a fitted pipeline that lies before the model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import regression_model.lowering.steps  # noqa: F401 - registers the lowerings
from regression_model.lowering.builder import Builder
from regression_model.lowering.dispatch import lower_transformer

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from regression_model.schema import Schema


def lower_steps(pipeline: Pipeline, schema: Schema) -> Builder:
    """Lower all steps of a pipeline but the model.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted.
    schema : Schema

    Returns
    -------
    Builder
        With all operations, also those that nothing depends on, and with the slots of the columns behind each step.

    Raises
    ------
    NotLowerableError
    """
    return lower_transformers(pipeline.steps[:-1], schema)


def lower_transformers(steps: Sequence[tuple[str, Any]], schema: Schema) -> Builder:
    """Lower fitted transformers, one behind the other, with their names; see `lower_steps`."""
    builder = Builder(schema)
    for name, transformer in steps:
        builder.step = name
        lower_transformer(transformer, builder)
        builder.end_step()
    return builder
