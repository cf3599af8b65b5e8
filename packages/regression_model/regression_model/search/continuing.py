"""A search that has ended, and goes on because it was given more trials or more time.

Nothing of the journal is changed for it: a line ``again`` says that what was written of the end before is void. The
trials stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from regression_model.config.search import SearchConfig

AGAIN = "again"
_OF_AN_END = ("stop", "choices", "untrained", "model", "holdout")
_LIMITS = ("trials", "time_limit_s", "early_stopping")


def describe_limits(settings: SearchConfig) -> dict[str, Any]:
    """Return what says how long a search goes on, as the journal has it."""
    return {name: getattr(settings, name) for name in _LIMITS}


def goes_on(stop: Mapping[str, Any], settings: SearchConfig) -> bool:
    """Tell whether an end came from a limit that has been widened since.

    Parameters
    ----------
    stop : mapping
        The journal's line of the end: its ``reason``, and the ``limits`` of that time.
    settings : SearchConfig
        Those of now.

    Returns
    -------
    bool
        False also where there was nothing more to propose, which no limit changes.
    """
    name = "time_limit_s" if stop["reason"] == "time_limit" else stop["reason"]
    if name not in _LIMITS:
        return False
    then, now = stop["limits"][name], getattr(settings, name)
    return then is not None and (now is None or now > then)


def drop_void(lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a journal's lines without those of an end after which the search went on."""
    begin = max((place for place, line in enumerate(lines) if line["kind"] == AGAIN), default=0)
    return [line for place, line in enumerate(lines) if place >= begin or line["kind"] not in _OF_AN_END]


def find_current(lines: Sequence[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """Return the lines of a kind that are not void, in their order."""
    return [line for line in drop_void(lines) if line["kind"] == kind]


def find_last_current(lines: Sequence[dict[str, Any]], kind: str) -> dict[str, Any] | None:
    """Return the last line of a kind that is not void, or None."""
    found = find_current(lines, kind)
    return found[-1] if found else None
