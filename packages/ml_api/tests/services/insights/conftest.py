"""A log written line by line with the encoder of the API itself, and a model whose baseline is known by heart."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ml_api.services.records import FeedbackRecord, PredictionRecord
from regression_model import Artifact, Feature, Manifest, Schema

START = datetime(2026, 3, 1, tzinfo=UTC)

SCHEMA = Schema(
    (
        Feature("area", "number", nullable=True, deciles=(0.0, *[10.0] * 5, *[20.0] * 4, 30.0), missing_fraction=0.1),
        Feature("town", "category", nullable=False, categories={"Ames": 0.7, "7": 0.295, "Rare": 0.005}),
        Feature("garden", "boolean", nullable=False),
        Feature("built", "datetime", nullable=False),
    ),
    missing_values=("-9",),
)


class LogWriter:
    """Writes a log with one process's files.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    artifact : Artifact
        Whose predictions they are, unless a call says otherwise.
    """

    def __init__(self, folder: Path, artifact: Artifact) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.artifact = folder, artifact
        self.hidden: set[str] = set()
        self.n_requests = 0

    @property
    def predictions(self) -> Path:
        return self.folder / "predictions-20260301-00112233445566aa-0001.ndjson"

    def predict(
        self,
        rows: Sequence[Any],
        predictions: Sequence[Any],
        *,
        after: timedelta = timedelta(0),
        errors: dict[int, list[tuple[str | None, str]]] | None = None,
        **parts: Any,
    ) -> str:
        """Write the line of one request; return its prediction id."""
        self.n_requests += 1
        record = PredictionRecord(
            **{
                "prediction_id": f"id{self.n_requests}",
                "request_id": "r",
                "model_version": self.artifact.version,
                "artifact_digest": self.artifact.digest,
                "key_id": None,
                "latency_ms": 1.0,
                "features": self.artifact.schema.names,
                "rows": rows,
                "predictions": predictions,
                "errors": {
                    index: [{"field": field, "reason": reason} for field, reason in found]
                    for index, found in (errors or {}).items()
                },
                "time": START + after,
                **parts,
            }
        )
        self.append(record.encode(self.hidden.__contains__))
        return record.prediction_id

    def tell(self, prediction_id: str, outcome: float | str, *, row: int = 0, after_s: float = 0.0) -> None:
        """Write the line of one outcome."""
        record = FeedbackRecord(
            prediction_id=prediction_id,
            row=row,
            outcome=outcome,
            request_id="f",
            key_id=None,
            time=START + timedelta(days=1, seconds=after_s),
        )
        with (self.folder / "feedback-20260302-00112233445566aa-0001.ndjson").open("ab") as file:
            file.write(record.encode())

    def append(self, line: bytes) -> None:
        """Write anything among the predictions."""
        with self.predictions.open("ab") as file:
            file.write(line)


def build_artifact(task: str = "regression", **changes: Any) -> Artifact:
    """Make a model that can't predict, but has the facts that insights are measured against."""
    predictions = {"edges": [100.0], "shares": [0.5, 0.5]}
    content = {
        "pipeline_name": "made",
        "model_version": "1.0.0",
        "task": task,
        "classes": None if task == "regression" else ["no", "yes"],
        "rows": {"train": 1000, "holdout": 400},
        "schema": json.loads(json.dumps(SCHEMA.to_json())),
        "metrics": {"holdout": {"metrics": {"mae": {"value": 2.0}, "accuracy": {"value": 0.9}}}},
        "baseline": {
            "features": {
                "area": {"edges": [10.0, 20.0], "shares": [0.5, 0.4, 0.1]},
                "garden": {"labels": {"true": 0.3, "false": 0.7}},
            },
            "predictions": predictions if task == "regression" else {"labels": {"no": 0.8, "yes": 0.2}},
        },
        **changes,
    }
    return Artifact(pipeline=None, manifest=Manifest.seal(content))  # type: ignore[arg-type]


@pytest.fixture
def made() -> Artifact:
    return build_artifact()


@pytest.fixture
def build_made() -> Callable[..., Artifact]:
    return build_artifact


@pytest.fixture
def log(tmp_path: Path, made: Artifact) -> LogWriter:
    return LogWriter(tmp_path / "log [a*]", made)
