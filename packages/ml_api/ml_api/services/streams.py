"""Predicts a stream of rows, a chunk at a time, so that memory does not grow with its length."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ml_api.errors import ApiError
from ml_api.services.prediction import RequestFacts, predict_chunk

if TYPE_CHECKING:
    from regression_model import Artifact

logger = logging.getLogger(__name__)

CHUNK_ROWS = 500
"""Enough that a chunk costs little more than its rows, and few enough that they weigh little."""

_FAILED = {"code": "internal_error", "message": "The server failed. Its log says why, under the request id."}


def predict_stream(artifact: Artifact, chunks: Iterator[Sequence[Any]], facts: RequestFacts) -> Iterator[bytes]:
    """Answer a stream of rows.

    Its status is sent before its end is known, so that whatever goes wrong becomes a line. A row's line has
    ``row`` (its number, from 0) and ``prediction``; for a classification also ``probabilities``; for a refused row
    ``errors``, and null for the rest. If the stream can't be read or predicted any further, a line has ``error``
    as all errors of the API. The last line has ``summary``: there, ``complete`` is false after such an error.

    Parameters
    ----------
    artifact : Artifact
    chunks : iterator of sequences
        Rows as for `predict_rows`; it may raise `ApiError`.
    facts : RequestFacts

    Yields
    ------
    bytes
        Lines of JSON: those of a chunk at a time, last the summary.
    """
    n_rows = n_rejected = 0
    is_complete = False
    try:
        for rows in chunks:
            answer = predict_chunk(artifact, rows, facts, first_row=n_rows)
            yield _encode_lines(answer, n_rows)
            n_rows += len(rows)
            n_rejected += len(answer["errors"])
        is_complete = True
    except ApiError as error:
        logger.info("stream broken off", extra={"fields": {"request_id": facts.request_id, "code": error.code}})
        yield _encode_error({"code": error.code, "message": error.message, "details": error.details}, facts.request_id)
    except Exception:
        # The status is sent: only a line can still say it.
        logger.exception("unexpected error in a stream", extra={"fields": {"request_id": facts.request_id}})
        yield _encode_error({**_FAILED, "details": {}}, facts.request_id)
    summary: dict[str, object] = {
        "rows": n_rows,
        "predicted": n_rows - n_rejected,
        "rejected": n_rejected,
        "complete": is_complete,
        "version": artifact.version,
        "prediction_id": facts.prediction_id,
        "request_id": facts.request_id,
    }
    if artifact.classes is not None:
        summary["classes"] = artifact.classes
    yield _encode({"summary": summary})


def _encode_lines(answer: dict[str, Any], first_row: int) -> bytes:
    lines = []
    probabilities, errors = answer.get("probabilities"), answer["errors"]
    for index, prediction in enumerate(answer["predictions"]):
        line: dict[str, object] = {"row": first_row + index, "prediction": prediction}
        if probabilities is not None:
            line["probabilities"] = probabilities[index]
        if str(index) in errors:
            line["errors"] = errors[str(index)]
        lines.append(_encode(line))
    return b"".join(lines)


def _encode_error(error: dict[str, object], request_id: str) -> bytes:
    return _encode({"error": {**error, "request_id": request_id}})


def _encode(line: dict[str, object]) -> bytes:
    return json.dumps(line, separators=(",", ":")).encode("ascii") + b"\n"
