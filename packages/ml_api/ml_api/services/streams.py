"""Predicts a stream of rows, a chunk at a time, so that memory does not grow with its length."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from ml_api.errors import ApiError
from ml_api.json_text import dump_json
from ml_api.services.prediction import RequestFacts, predict_part, prepare_record, run_elsewhere
from ml_api.services.records import PredictionRecord

if TYPE_CHECKING:
    from regression_model import Artifact

logger = logging.getLogger(__name__)

Chunk = TypeVar("Chunk")

_FAILED = {"code": "internal_error", "message": "The server failed. Its log says why, under the request id."}


def predict_stream(
    artifact: Artifact, chunks: Iterator[Chunk], facts: RequestFacts, *, parse: Callable[[Chunk], list[Any]]
) -> Iterator[bytes]:
    """Answer a stream of rows.

    Its status is sent before its end is known, so that whatever goes wrong becomes a line. A row's line has
    ``row`` (its number, from 0) and ``prediction``; for a classification also ``probabilities``; for a refused row
    ``errors``, and null for the rest. If the stream can't be read or predicted any further, also because the time of
    the request is over, a line has ``error`` as all errors of the API. The last line has ``summary``: there,
    ``complete`` is false after such an error.

    Parameters
    ----------
    artifact : Artifact
    chunks : iterator
        Reads some rows at a time, unparsed; it may raise `ApiError`.
    facts : RequestFacts
    parse : callable
        Turns a chunk into rows as for `answer_rows`, where it keeps nobody waiting.

    Yields
    ------
    bytes
        Lines of JSON: those of a chunk at a time, last the summary.
    """
    n_rows = n_rejected = 0
    is_complete = False
    try:
        for chunk in chunks:
            work = partial(_answer_chunk, artifact, chunk, facts, parse, n_rows)
            lines, record, keep = run_elsewhere(artifact, work)
            keep()
            n_rows += len(record.rows)
            n_rejected += len(record.errors)
            yield lines
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


def _answer_chunk(
    artifact: Artifact, chunk: Chunk, facts: RequestFacts, parse: Callable[[Chunk], list[Any]], first_row: int
) -> tuple[bytes, PredictionRecord, Callable[[], object]]:
    answer, record = predict_part(artifact, parse(chunk), facts, first_row=first_row)
    return _encode_lines(answer, first_row), record, prepare_record(facts, record)


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
    return dump_json(line) + b"\n"
