"""Keeps the values of features that are named by a setting out of the log."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Any

logger = logging.getLogger(__name__)

REDACTED = "[redacted]"
UNKNOWN_FIELDS = "[unknown fields]"
"""Stands for the fields of a row that the model does not know; its value is their number."""


class Redactor:
    """Replaces values in rows as clients sent them.

    Once anything is to be redacted, only what is surely something else is let through: single values under the
    exact name of another feature. A misspelt name, an object inside a row or a row that is no object might hold the
    redacted value all the same; so might the name of a field that the model does not know, and a message about it.

    Parameters
    ----------
    names : collection of str
        Features whose values are hidden. None of them: nothing is.

    Examples
    --------
    >>> redactor = Redactor(["Income"])
    >>> redactor.learn_features(["Income", "Age"])
    >>> redactor.redact_rows([{"Income": 1, "income ": 1, "Age": 30}, [1, 30]])
    [{'Income': '[redacted]', 'Age': 30, '[unknown fields]': 1}, '[redacted]']
    """

    def __init__(self, names: Collection[str] = ()) -> None:
        self._names = frozenset(_simplify(name) for name in names)
        self._features: frozenset[str] = frozenset()
        self._shown: frozenset[str] = frozenset()

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
        self._features = frozenset(features)
        self._shown = frozenset(name for name in features if not self.hides(name))
        unknown = sorted(self._names - {_simplify(name) for name in features})
        if unknown:
            logger.warning("what is to be redacted is no feature of the model", extra={"fields": {"names": unknown}})

    def redact_fields(self, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the fields of a log line with hidden values replaced; the fields themselves if nothing is hidden.

        Parameters
        ----------
        fields : mapping
            ``inputs`` are rows, ``errors`` those of rows by their number, ``told`` is what a client was told; the rest
            holds nothing that clients sent.
        """
        if not self.active:
            return fields
        redacted = dict(fields)
        if "inputs" in fields:
            redacted["inputs"] = self.redact_rows(fields["inputs"])
        if "errors" in fields:
            redacted["errors"] = {
                row: [self._redact_error(error) for error in errors] for row, errors in fields["errors"].items()
            }
        if "told" in fields:
            redacted["told"] = REDACTED
        return redacted

    def redact_rows(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Return the rows with hidden values replaced; the rows themselves if nothing is hidden."""
        return [self._redact_row(row) for row in rows] if self.active else rows

    def _redact_row(self, row: Any) -> Any:  # noqa: ANN401 - a row may be anything
        if row is None:
            return None
        if not isinstance(row, Mapping):
            return REDACTED
        known = {
            name: value if name in self._shown and isinstance(value, str | int | float | None) else REDACTED
            for name, value in row.items()
            if name in self._features
        }
        n_unknown = len(row) - len(known)
        return {**known, UNKNOWN_FIELDS: n_unknown} if n_unknown else known

    def _redact_error(self, error: Mapping[str, Any]) -> dict[str, Any]:
        """Keep what is said in words of ours: messages may quote the names of fields, or hint at a value."""
        return {"field": error["field"] if error["field"] in self._features else None, "reason": error["reason"]}


def _simplify(name: str) -> str:
    """Forget case and outer blanks, in which the setting may differ from the feature."""
    return unicodedata.normalize("NFKC", name).strip().casefold()
