"""The parts that a pipeline is built of: its steps, and the model behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from regression_model.build_context import BuildContext
from regression_model.families.base import Family
from regression_model.steps.plan import Plan, PlannedStep

MODEL_STEP = "model"
"""Name of a pipeline's last step."""


def build_steps(planned: Sequence[PlannedStep], context: BuildContext) -> list[tuple[str, Any]]:
    """Build the transformers of those steps that have columns to work on, with their names."""
    return [(step.name, step.step.build(step.columns, context)) for step in planned if step.columns]


def build_model(family: Family, context: BuildContext, plan: Plan) -> Any:  # noqa: ANN401 - scikit-learn has no type
    """Build the model behind the steps of a plan; a regressor learns the transformed target.

    Raises
    ------
    MissingExtraError
        If the family's library is not installed.
    """
    model = family.build(replace(context, coded_categories=plan.coded_categories()))
    return context.wrap_target(model) if context.task == "regression" else model
