"""Columns that are coordinates: exactly two, by name, in the order of the file."""

from __future__ import annotations

from collections.abc import Sequence

from regression_model.errors import ConfigError
from regression_model.steps.named import check_named

_N_COORDINATES = 2


def check_coordinates(kind: str, declared: Sequence[str]) -> None:
    """Refuse what can't be a pair of coordinates, before the columns are known.

    Raises
    ------
    ValueError
        If there are not two different names.
    """
    if len(declared) != _N_COORDINATES or len(set(declared)) != _N_COORDINATES:
        raise ValueError(
            f"the step {kind!r} takes two columns by name, such as [latitude, longitude], "
            f"found {', '.join(declared) or 'none'}"
        )


def order_coordinates(kind: str, declared: Sequence[str], columns: Sequence[str]) -> list[str]:
    """Return the two columns in the order of the file, which says what is the latitude.

    Parameters
    ----------
    kind : str
        Name of the kind of step, for messages.
    declared : sequence of str
        As the file names them.
    columns : sequence of str
        As the plan has resolved them, in the order of the frame.

    Raises
    ------
    ConfigError
        If they are not named.
    """
    check_named(kind, columns)
    if set(columns) != set(declared):
        raise ConfigError(f"the step {kind!r} takes two columns by name, found {', '.join(declared)}")
    return list(declared)
