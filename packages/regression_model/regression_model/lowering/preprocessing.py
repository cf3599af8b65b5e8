"""Lowers all of a fitted pipeline that lies before the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    builder = Builder(schema)
    for name, transformer in pipeline.steps[:-1]:
        builder.step = name
        lower_transformer(transformer, builder)
        builder.end_step()
    return builder
