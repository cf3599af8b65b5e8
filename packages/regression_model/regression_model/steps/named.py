"""Columns by name, and columns that nobody can name before the pipeline is fitted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from regression_model.build_context import BuildContext
from regression_model.errors import ConfigError


def check_named(kind: str, columns: Sequence[str]) -> list[str]:
    """Return the columns as a list if they are named.

    Parameters
    ----------
    kind : str
        Name of the kind of step, for the message.
    columns : sequence of str
        As `Step.build` gets them.

    Raises
    ------
    ConfigError
        If they stand for all columns behind a step that learns its columns.
    """
    if tuple(columns) == ("all",):
        raise ConfigError(
            f"the step {kind!r} works on named columns, and behind a step whose columns are known only after "
            "training there are none; move it before that step",
            key="preprocessing",
        )
    return list(columns)


def list_or_none(columns: Sequence[str]) -> Any:  # noqa: ANN401 - a list of str or int, says feature-engine
    """Return the columns as feature-engine takes them: a list, or None for all that it can work on."""
    return None if tuple(columns) == ("all",) else list(columns)


def check_classes(kind: str, classes: Sequence[str], context: BuildContext) -> None:
    """Refuse classes of a target of numbers.

    Raises
    ------
    ConfigError
        If ``classes`` are named for a regression.
    """
    if classes and context.task == "regression":
        raise ConfigError(
            f"the step {kind!r} names 'classes', but a regression has none; leave 'classes' out", key="preprocessing"
        )
