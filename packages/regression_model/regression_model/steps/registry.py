"""All kinds of step, by the name that configurations use."""

from __future__ import annotations

from functools import cache

import regression_model.steps as package
from regression_model.registry import find_alternatives
from regression_model.steps.base import Step


@cache
def step_kinds() -> dict[str, type[Step]]:
    """Return the class of each kind of step, by name."""
    return find_alternatives(package, Step, "step")
