"""What a guardrail says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["information", "warning"]

_MAX_SHOWN = 5


@dataclass(frozen=True)
class Guardrail:
    """One thing that was found in the table, and what the search does about it.

    Attributes
    ----------
    name : str
        Of the check, such as ``missing_values``.
    severity : {"information", "warning"}
        A warning is worth a person's look: the score may promise too much, or rows to come may differ.
    columns : tuple of str
        Columns that it is about; empty if it is about rows or the target as a whole.
    found : str
        A sentence without a full stop.
    done : str
        What the search does about it, likewise.
    leaves_out : bool
        Whether the automatic preparation leaves these columns out.
    """

    name: str
    severity: Severity
    columns: tuple[str, ...]
    found: str
    done: str
    leaves_out: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return plain values, for the record of the run."""
        return {**asdict(self), "columns": list(self.columns)}


def columns_left_out(guardrails: Iterable[Guardrail]) -> dict[str, str]:
    """Return the columns that guardrails leave out, each with the first reason."""
    reasons: dict[str, str] = {}
    for guardrail in guardrails:
        if guardrail.leaves_out:
            for column in guardrail.columns:
                reasons.setdefault(column, guardrail.found)
    return reasons


def list_some(names: Iterable[str]) -> str:
    """List names for a sentence; of many, the first.

    Examples
    --------
    >>> list_some(["a", "b"]), list_some("abcdefg")
    ('a, b', 'a, b, c, d, e and 2 more')
    """
    every = list(names)
    more = f" and {len(every) - _MAX_SHOWN} more" if len(every) > _MAX_SHOWN else ""
    return ", ".join(every[:_MAX_SHOWN]) + more
