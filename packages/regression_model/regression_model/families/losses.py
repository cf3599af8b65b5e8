"""What a booster minimises, where the configuration may choose it."""

from __future__ import annotations

from typing import Any

from regression_model.build_context import BuildContext
from regression_model.errors import ConfigError
from regression_model.search_space import TableFacts

_OF_ABSOLUTE_ERRORS = frozenset({"mae", "medae", "mape", "nmae", "wape", "mase"})


def loss_settings(key: str, loss: str | None, context: BuildContext) -> dict[str, Any]:
    """Return the setting of a loss that only a regressor has: none for a classification, which has its own.

    Parameters
    ----------
    key : str
        As the library and the configuration call it.
    loss : str or None
        What the configuration says; None leaves it to the library, which takes the squared error.
    context : BuildContext

    Raises
    ------
    ConfigError
        If a loss is chosen in a classification.
    """
    if context.task == "regression":
        return {} if loss is None else {key: loss}
    if loss is not None:
        raise ConfigError("a classification minimises the log loss; leave it out", key=f"model.{key}")
    return {}


def wants_absolute_error(facts: TableFacts) -> bool:
    """Say whether the search is for a small absolute error, of which the best guess is a median and no mean."""
    name = facts.metric.casefold()
    return facts.task == "regression" and ("absolute" in name or name in _OF_ABSOLUTE_ERRORS)
