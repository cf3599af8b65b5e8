"""Keeps the values of features that are named by a setting out of the log."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Any

logger = logging.getLogger(__name__)

REDACTED = "[redacted]"


class Redactor:
    """Replaces values in rows as clients sent them.

    Once anything is to be redacted, only what is surely something else is let through: single values under the
    exact name of another feature. A misspelt name, an object inside a row or a row that is no object might hold the
    redacted value all the same.

    Parameters
    ----------
    names : collection of str
        Features whose values are hidden. None of them: nothing is.

    Examples
    --------
    >>> redactor = Redactor(["Income"])
    >>> redactor.learn_features(["Income", "Age"])
    >>> redactor.redact_rows([{"Income": 1, "income ": 1, "Age": 30}, [1, 30]])
    [{'Income': '[redacted]', 'income ': '[redacted]', 'Age': 30}, '[redacted]']
    """

    def __init__(self, names: Collection[str] = ()) -> None:
        self._names = frozenset(_simplify(name) for name in names)
        self._features: frozenset[str] = frozenset()

    @property
    def active(self) -> bool:
        """Whether anything is hidden."""
        return bool(self._names)

    def hides(self, name: str) -> bool:
        """Say whether the values of a feature are hidden."""
        return _simplify(name) in self._names

    def learn_features(self, features: Collection[str]) -> None:
        """Take note of the model's features; without them, all values are hidden.

        A name in the setting that is none of them is told to the log: it may be misspelt.
        """
        self._features = frozenset(name for name in features if not self.hides(name))
        unknown = sorted(self._names - {_simplify(name) for name in features})
        if unknown:
            logger.warning("what is to be redacted is no feature of the model", extra={"fields": {"names": unknown}})

    def redact_rows(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Return the rows with hidden values replaced; the rows themselves if nothing is hidden."""
        return [self._redact_row(row) for row in rows] if self.active else rows

    def _redact_row(self, row: Any) -> Any:  # noqa: ANN401 - a row may be anything
        if row is None:
            return None
        if not isinstance(row, Mapping):
            return REDACTED
        return {
            name: value if name in self._features and isinstance(value, str | int | float | None) else REDACTED
            for name, value in row.items()
        }


def _simplify(name: str) -> str:
    """Forget case and outer blanks, in which the setting may differ from the feature."""
    return unicodedata.normalize("NFKC", name).strip().casefold()
