"""A check for families that do both tasks."""

from __future__ import annotations

from typing import Any

from regression_model.build_context import BuildContext
from regression_model.errors import ConfigError


def class_settings(class_weight: str | None, context: BuildContext) -> dict[str, Any]:
    """Return the settings that only a classifier has: none for a regression.

    Parameters
    ----------
    class_weight : str or None
        What the configuration says.
    context : BuildContext

    Raises
    ------
    ConfigError
        If class weights are asked for in a regression.
    """
    if context.task == "classification":
        return {"class_weight": class_weight}
    if class_weight is not None:
        raise ConfigError("only a classification has classes to weigh; leave it out", key="model.class_weight")
    return {}
