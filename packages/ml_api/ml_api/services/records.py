"""The two kinds of record that the prediction log keeps, and their lines (`ml_api.services.prediction_log`)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


def _now() -> datetime:
    return datetime.now(tz=UTC)


@dataclass(frozen=True, kw_only=True)
class PredictionRecord:
    """What was asked and answered. The prediction log's layout says what each part means.

    Attributes
    ----------
    features : sequence of str
        Names of the model's features: nothing else of the rows is written.
    rows : sequence
        As they were sent, unchecked.
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
    def weight(self) -> int:
        """How much room the record takes in a queue: its rows, at least 1."""
        return max(1, len(self.rows))

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
        rows = ", ".join(json.dumps(_select(row, names)) for row in self.rows)
        tail: dict[str, object] = {
            "predictions": list(self.predictions),
            "probabilities": None if self.probabilities is None else list(self.probabilities),
            "classes": None if self.classes is None else list(self.classes),
            "errors": {str(index): self._shorten(errors) for index, errors in self.errors.items()},
        }
        return f'{json.dumps(head)[:-1]}, "rows": [{rows}], {json.dumps(tail)[1:]}\n'.encode("ascii")

    def _shorten(self, errors: Sequence[Mapping[str, Any]]) -> list[dict[str, object]]:
        """Keep what can be counted. A field that is no feature of the model is the client's own text."""
        return [
            {"field": error["field"] if error["field"] in self.features else None, "reason": error["reason"]}
            for error in errors
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
        return json.dumps(line).encode("ascii") + b"\n"


def _select(row: Any, names: Sequence[str]) -> dict[str, object] | None:  # noqa: ANN401 - a row may be anything
    """Take the named features out of a row; what is no single value becomes null."""
    if not isinstance(row, Mapping):
        return None
    return {
        name: value if isinstance(value := row[name], str | int | float | None) else None
        for name in names
        if name in row
    }
