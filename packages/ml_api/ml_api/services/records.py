"""The two kinds of record that the prediction log keeps, and their lines (`ml_api.services.prediction_log`)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ml_api.json_text import dump_json
from ml_api.services.row_errors import MORE_ERRORS

# Estimates of what Python needs: a float or a short text with its place in a dictionary or list, and so on.
_VALUE_BYTES = 50
_ERROR_BYTES = 500
_ROW_BYTES = 100
_RECORD_BYTES = 1_000


def _now() -> datetime:
    return datetime.now(tz=UTC)


@dataclass(slots=True, kw_only=True)
class PredictionRecord:
    """What was asked and answered. The prediction log's layout says what each part means.

    Nobody changes it; it is not frozen, since that would make building it, at each request, three times as slow.

    Attributes
    ----------
    features : sequence of str
        Names of the model's features: nothing else of the rows is written.
    rows : sequence
        As they were sent, unchecked; `lighten` makes them lighter than what was sent.
    errors : mapping of int or str to sequence of mapping
        Errors of rows under their positions in `rows`.
    """

    prediction_id: str
    request_id: str
    model_version: str
    artifact_digest: str
    key_id: str | None
    latency_ms: float
    features: Sequence[str]
    rows: Sequence[Any]
    predictions: Sequence[float | str | None]
    errors: Mapping[Any, Sequence[Mapping[str, Any]]]
    probabilities: Sequence[Sequence[float] | None] | None = None
    classes: Sequence[str] | None = None
    status: int = 200
    first_row: int = 0
    time: datetime = field(default_factory=_now)

    @property
    def n_predicted(self) -> int:
        """How many of the rows have a prediction."""
        return len(self.rows) - len(self.errors)

    def weigh(self) -> int:
        """Estimate how much memory the record takes while it waits in a queue; this takes some time with many rows."""
        return (
            _RECORD_BYTES
            + sum(_weigh_row(row) for row in self.rows)
            + sum(_ERROR_BYTES * len(errors) for errors in self.errors.values())
            + _VALUE_BYTES * len(self.rows) * (1 + len(self.classes or ()))
        )

    def encode(self, hides: Callable[[str], bool]) -> bytes:
        """Write the line, without the values of the features that are to be hidden.

        Row by row: other threads run in between, where one call would keep them waiting for all rows.
        """
        redacted = [name for name in self.features if hides(name)]
        names = [name for name in self.features if name not in redacted]
        head: dict[str, object] = {
            "time": self.time.isoformat(timespec="milliseconds"),
            "prediction_id": self.prediction_id,
            "request_id": self.request_id,
            "model_version": self.model_version,
            "artifact_digest": self.artifact_digest,
            "key_id": self.key_id,
            "latency_ms": self.latency_ms,
            "status": self.status,
            "first_row": self.first_row,
            "redacted": redacted,
        }
        rows = b",".join([dump_json(_select(row, names)) for row in self.rows])
        tail: dict[str, object] = {
            "predictions": list(self.predictions),
            "probabilities": None if self.probabilities is None else list(self.probabilities),
            "classes": None if self.classes is None else list(self.classes),
            "errors": {str(index): self._shorten(errors) for index, errors in self.errors.items()},
        }
        return b'%b,"rows":[%b],%b\n' % (dump_json(head)[:-1], rows, dump_json(tail)[1:])

    def _shorten(self, errors: Sequence[Mapping[str, Any]]) -> list[dict[str, object]]:
        """Keep what can be counted. A field that is no feature of the model is the client's own text."""
        return [
            {"field": error["field"] if error["field"] in self.features else None, "reason": error["reason"]}
            for error in errors
            if error["reason"] != MORE_ERRORS
        ]


@dataclass(frozen=True, kw_only=True)
class FeedbackRecord:
    """What came true for one predicted row. The prediction log's layout says what each part means."""

    prediction_id: str
    row: int
    outcome: float | str
    request_id: str
    key_id: str | None
    time: datetime = field(default_factory=_now)

    @property
    def weight_bytes(self) -> int:
        """About how much memory the record takes while it waits in a queue."""
        return _RECORD_BYTES + len(self.outcome) if isinstance(self.outcome, str) else _RECORD_BYTES

    def encode(self) -> bytes:
        """Write the line."""
        line = {
            "time": self.time.isoformat(timespec="milliseconds"),
            "prediction_id": self.prediction_id,
            "row": self.row,
            "outcome": self.outcome,
            "request_id": self.request_id,
            "key_id": self.key_id,
        }
        return dump_json(line) + b"\n"


def lighten(rows: Sequence[Any], errors: Collection[str], names: Sequence[str]) -> Sequence[Any]:
    """Take the named features out of those rows that have errors, and may be anything; the others hold nothing else.

    A row that is no object, and a value that is no single one, become null.

    Examples
    --------
    >>> lighten([{"LotArea": 8450, "Other": 1}, {"LotArea": []}, 5, {"LotArea": 1}], ["0", "1", "2"], ["LotArea"])
    [{'LotArea': 8450}, {'LotArea': None}, None, {'LotArea': 1}]
    """
    if not errors:
        return rows
    return [_select(row, names) if str(number) in errors else row for number, row in enumerate(rows)]


def _select(row: Any, names: Sequence[str]) -> dict[str, object] | None:  # noqa: ANN401 - a row may be anything
    """Take the named features out of a row; what is no single value becomes null."""
    if not isinstance(row, Mapping):
        return None
    return {
        name: value if isinstance(value := row[name], str | int | float | None) else None
        for name in names
        if name in row
    }


def _weigh_row(row: Any) -> int:  # noqa: ANN401 - a row may be anything
    if not isinstance(row, Mapping):
        return _ROW_BYTES
    texts = sum(len(value) for value in row.values() if isinstance(value, str))
    return _ROW_BYTES + _VALUE_BYTES * len(row) + texts
