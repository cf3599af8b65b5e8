"""Predicts rows, and leaves what came and what went in the log."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ml_api.errors import NotExplainableError, NoValidRowsError, RefusedRow
from ml_api.services.offload import run_in_threadpool
from ml_api.services.prediction_log import PredictionLog
from ml_api.services.records import PredictionRecord

if TYPE_CHECKING:
    from regression_model import Artifact

logger = logging.getLogger(__name__)

# From here on, a prediction takes so long that others should be answered meanwhile.
MANY_ROWS = 50


@dataclass(frozen=True, kw_only=True)
class RequestFacts:
    """What the logs have to know of a request.

    Attributes
    ----------
    request_id : str
    key_id : str or None
        Of the client's key.
    started_s : float
        When the request arrived, on the clock of `time.perf_counter`.
    prediction_id : str
        What feedback refers to; new by default.
    log : PredictionLog or None
        Where the prediction is kept.
    """

    request_id: str
    key_id: str | None = None
    started_s: float = field(default_factory=time.perf_counter)
    prediction_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    log: PredictionLog | None = None


def predict_rows(
    artifact: Artifact, rows: Sequence[Any], facts: RequestFacts, *, explain: bool = False
) -> dict[str, Any]:
    """Predict rows.

    Input and output are logged in two steps, so that an input whose prediction fails is in the log all the
    same.

    Parameters
    ----------
    artifact : Artifact
        The model.
    rows : sequence
        Rows as they came, unchecked; a `RefusedRow` where one was refused already.
    facts : RequestFacts
        For the logs, and for the ids in the answer.
    explain : bool
        Whether to add what each feature contributed.

    Returns
    -------
    dict
        ``predictions``, ``version``, ``errors``, ``prediction_id`` and ``request_id``; for a classification also
        ``probabilities`` and ``classes``; if asked for, ``explanations``. The keys of ``errors`` are row numbers,
        counted from 0, as text.

    Raises
    ------
    NoValidRowsError
        If not one row could be predicted.
    NotExplainableError
        If an explanation is asked of a model that has none.
    """
    answer = predict_chunk(artifact, rows, facts, explain=explain)
    errors = answer["errors"]
    if len(errors) == len(rows):
        subject = "The row could not" if len(rows) == 1 else f"None of the {len(rows)} rows could"
        raise NoValidRowsError(
            f"{subject} be predicted. The details say why, under each row's number.",
            details={"version": artifact.version, "errors": errors, "prediction_id": facts.prediction_id},
        )
    return answer


def predict_chunk(
    artifact: Artifact,
    rows: Sequence[Any],
    facts: RequestFacts,
    *,
    explain: bool = False,
    first_row: int | None = None,
) -> dict[str, Any]:
    """Predict some rows of a request, be they valid or not: see `predict_rows`.

    Parameters
    ----------
    first_row : int, optional
        Number of the first of them in a stream; None if they are the whole request.
    """
    step: dict[str, object] = {
        "request_id": facts.request_id,
        "prediction_id": facts.prediction_id,
        "model_version": artifact.version,
        "key_id": facts.key_id,
        "n_rows": len(rows),
    }
    if first_row is not None:
        step["first_row"] = first_row
    inputs = [None if isinstance(row, RefusedRow) else row for row in rows]
    logger.info("prediction input", extra={"fields": {**step, "inputs": inputs}})
    is_long = explain or first_row is not None or len(rows) > MANY_ROWS
    result = run_in_threadpool(_predict, artifact, inputs, explain) if is_long else _predict(artifact, inputs, explain)
    errors = {str(index): list(found) for index, found in result["errors"].items()}
    errors |= {str(index): [row.to_json()] for index, row in enumerate(rows) if isinstance(row, RefusedRow)}
    answer = {
        **result,
        "errors": errors,
        "prediction_id": facts.prediction_id,
        "request_id": facts.request_id,
    }
    latency_ms = round((time.perf_counter() - facts.started_s) * 1000, 3)
    output = {"n_rejected": len(errors), "predictions": answer["predictions"], "errors": errors}
    logger.info("prediction output", extra={"fields": {**step, "latency_ms": latency_ms, **output}})
    _keep(artifact, inputs, answer, facts, latency_ms=latency_ms, first_row=first_row)
    return answer


def _predict(artifact: Artifact, rows: list[Any], explain: bool) -> dict[str, Any]:
    from regression_model import ExplanationError, make_prediction

    try:
        return make_prediction(input_data=rows, artifact=artifact, explain=explain)
    except ExplanationError as error:
        raise NotExplainableError(f"The predictions of this model can't be explained: {error}.") from error


def _keep(
    artifact: Artifact,
    rows: list[Any],
    answer: dict[str, Any],
    facts: RequestFacts,
    *,
    latency_ms: float,
    first_row: int | None,
) -> None:
    """Put the prediction into the log for later, if there is one."""
    if facts.log is None:
        return
    facts.log.record(
        PredictionRecord(
            prediction_id=facts.prediction_id,
            request_id=facts.request_id,
            model_version=artifact.version,
            artifact_digest=artifact.digest,
            key_id=facts.key_id,
            latency_ms=latency_ms,
            features=artifact.schema.names,
            rows=rows,
            predictions=answer["predictions"],
            errors=answer["errors"],
            probabilities=answer.get("probabilities"),
            classes=answer.get("classes"),
            status=422 if first_row is None and len(answer["errors"]) == len(rows) else 200,
            first_row=first_row or 0,
        )
    )
