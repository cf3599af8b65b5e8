"""Predicts rows, and leaves what came and what went in the log."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, Any, TypeVar

from ml_api.errors import NotExplainableError, NoValidRowsError, RefusedRow
from ml_api.services.ids import make_id
from ml_api.services.log_lines import SourceRows, flatten_row, log_fields
from ml_api.services.offload import run_in_threadpool, run_in_waiting_thread
from ml_api.services.pace import Pace
from ml_api.services.prediction_log import PredictionLog
from ml_api.services.records import PredictionRecord, lighten
from ml_api.services.row_errors import list_errors

if TYPE_CHECKING:
    from regression_model import Artifact

logger = logging.getLogger(__name__)

T = TypeVar("T")

# From here on, an answer takes so long, some milliseconds, that others should be answered meanwhile.
MANY_ROWS = 10
# Predicted at a time. What the model package finds wrong with rows takes much more memory than what is told of it, and
# the interpreter stops all threads to look through that for garbage.
PART_ROWS = 1_000
# In one line of the log. What keeps one thread at a line keeps the others from theirs.
LOGGED_ROWS = 500


@dataclass(slots=True, kw_only=True)
class RequestFacts:
    """What the logs have to know of a request; nobody changes it.

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
    source : bytes or None
        The rows as JSON, a list in one line of ASCII, if they came so and hold single values only. What is there
        need not be written again.
    """

    request_id: str
    key_id: str | None = None
    started_s: float = field(default_factory=time.perf_counter)
    prediction_id: str = field(default_factory=make_id)
    log: PredictionLog | None = None
    source: bytes | None = None


def predict_rows(
    artifact: Artifact, rows: Sequence[Any], facts: RequestFacts, *, explain: bool = False
) -> dict[str, Any]:
    """Predict rows: `answer_rows`, the answer as it is.

    Returns
    -------
    dict
        See `predict_part`.
    """
    return answer_rows(artifact, rows, facts, write=lambda answer: answer, explain=explain)


def answer_rows(
    artifact: Artifact,
    rows: Sequence[Any],
    facts: RequestFacts,
    *,
    write: Callable[[dict[str, Any]], T],
    explain: bool = False,
    pace: Pace | None = None,
) -> T:
    """Predict the rows of a request and write its answer, in another thread where it takes long.

    Parameters
    ----------
    artifact : Artifact
        The model.
    rows : sequence
        Rows as they came, unchecked; a `RefusedRow` where one was refused already.
    facts : RequestFacts
        For the logs, and for the ids in the answer.
    write : callable
        Makes of the answer, as `predict_part` gives it, what is to be sent. Knows nothing of the request.
    explain : bool
        Whether to add what each feature contributed.
    pace : Pace, optional
        How fast the model has been lately; `SlowPace` if few rows are large. By default, more than a few rows take
        long.

    Returns
    -------
    object
        What `write` returned.

    Raises
    ------
    NoValidRowsError
        If not one row could be predicted.
    NotExplainableError
        If an explanation is asked of a model that has none.
    """

    def answer() -> tuple[dict[str, Any], Callable[[], object], T | None]:
        found, record = predict_part(artifact, rows, facts, explain=explain)
        return found, prepare_record(facts, record), write(found) if record.n_predicted else None

    n_rows = len(rows)
    is_long = explain or (n_rows > MANY_ROWS if pace is None else pace.is_long(n_rows))
    work = answer if pace is None else partial(pace.measure, n_rows, answer)
    found, keep, written = run_elsewhere(artifact, work) if is_long else work()
    keep()
    if written is not None:
        return written
    subject = "The row could not" if len(rows) == 1 else f"None of the {len(rows)} rows could"
    raise NoValidRowsError(
        f"{subject} be predicted. The details say why, under each row's number.",
        details={"version": artifact.version, "errors": found["errors"], "prediction_id": facts.prediction_id},
    )


def run_elsewhere(artifact: Artifact, work: Callable[[], T]) -> T:
    """Have a model predict in another thread, so that nobody is held up: one that computes, or waits for a process."""
    return run_in_threadpool(work) if artifact.predictor is None else run_in_waiting_thread(work)


def predict_part(
    artifact: Artifact,
    rows: Sequence[Any],
    facts: RequestFacts,
    *,
    explain: bool = False,
    first_row: int | None = None,
) -> tuple[dict[str, Any], PredictionRecord]:
    """Predict a request, or a part of one, in the thread of the caller.

    Input and output are logged in two steps, so that an input whose prediction fails is in the log all the
    same.

    Parameters
    ----------
    artifact, rows, facts, explain
        See `answer_rows`.
    first_row : int, optional
        Number of the first of the rows in a stream; None if they are the whole request.

    Returns
    -------
    dict
        ``predictions``, ``version``, ``errors``, ``prediction_id`` and ``request_id``; for a classification also
        ``probabilities`` and ``classes``; if asked for, ``explanations``. The keys of ``errors`` are row numbers,
        counted from 0, as text; see `list_errors`.
    PredictionRecord
        For `prepare_record`.
    """
    step = {
        "request_id": facts.request_id,
        "prediction_id": facts.prediction_id,
        "model_version": artifact.version,
        "key_id": facts.key_id,
    }
    inputs, refused = _set_aside(rows)
    _log_input(step, inputs, first_row, facts.source)
    result, errors = _predict(artifact, inputs, explain=explain, is_alone=first_row is None and len(rows) == 1)
    if refused:
        errors |= refused
    answer = {
        "predictions": result.pop("predictions"),
        "version": artifact.version,
        "errors": errors,
        "prediction_id": facts.prediction_id,
        "request_id": facts.request_id,
        **result,
    }
    latency_ms = round((time.perf_counter() - facts.started_s) * 1000, 3)
    _log_output({**step, "latency_ms": latency_ms}, answer, first_row)
    names = artifact.schema.names
    record = PredictionRecord(
        prediction_id=facts.prediction_id,
        request_id=facts.request_id,
        model_version=artifact.version,
        artifact_digest=artifact.digest,
        key_id=facts.key_id,
        latency_ms=latency_ms,
        features=names,
        rows=lighten(inputs, errors, names),
        predictions=answer["predictions"],
        errors=errors,
        probabilities=answer.get("probabilities"),
        classes=answer.get("classes"),
        status=422 if first_row is None and len(errors) == len(rows) else 200,
        first_row=first_row or 0,
    )
    return answer, record


def prepare_record(facts: RequestFacts, record: PredictionRecord) -> Callable[[], object]:
    """Return what counts a prediction and puts it into its log, if there is one; see `PredictionLog.prepare`."""
    return _keep_nothing if facts.log is None else facts.log.prepare(record)


def _keep_nothing() -> None:
    """Keep nothing: there is no log."""


def _set_aside(rows: Sequence[Any]) -> tuple[Sequence[Any], dict[str, list[dict[str, Any]]]]:
    """Return rows with None for those that were refused already, and the errors of these by their numbers."""
    if RefusedRow not in set(map(type, rows)):
        return rows, {}
    refused = {str(index): [row.to_json()] for index, row in enumerate(rows) if isinstance(row, RefusedRow)}
    return [None if isinstance(row, RefusedRow) else row for row in rows], refused


def _predict(
    artifact: Artifact, rows: Sequence[Any], *, explain: bool, is_alone: bool
) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
    """Return what the model says of rows, each list as long as they are, and the errors by their numbers."""
    make_prediction, explanation_error = _find_model_package()
    found: dict[str, Any] = {}
    errors: dict[str, list[dict[str, Any]]] = {}
    for start in range(0, len(rows), PART_ROWS):
        part = rows if len(rows) <= PART_ROWS else rows[start : start + PART_ROWS]
        is_row = len(part) == 1 and type(part[0]) is dict  # which the model predicts faster than a list
        try:
            inputs = part[0] if is_row else part
            # Each row of a request has an answer of its own: measurements are not gathered into series here.
            result = make_prediction(input_data=inputs, artifact=artifact, explain=explain, gather_series=False)
        except explanation_error as error:
            raise NotExplainableError(f"The predictions of this model can't be explained: {error}.") from error
        if result["errors"]:
            errors |= list_errors(result["errors"], first_row=start, is_alone=is_alone)
        for name in ("predictions", "probabilities", "explanations"):
            if name in result:
                found.setdefault(name, []).extend(result[name])
    if artifact.classes is not None:
        found["classes"] = artifact.classes
    return found, errors


@cache
def _find_model_package() -> tuple[Callable[..., dict[str, Any]], type[Exception]]:
    """Return what predicts, and the error of explanations; not at the top, since importing the API is free."""
    from regression_model import ExplanationError, make_prediction

    return make_prediction, ExplanationError


def _log_input(step: dict[str, Any], inputs: Sequence[Any], first_row: int | None, source: bytes | None) -> None:
    if not logger.isEnabledFor(logging.INFO):
        return
    if source is not None:
        log_fields(logger, "prediction input", {**step, "n_rows": len(inputs), "inputs": SourceRows(inputs, source)})
        return
    for start in range(0, len(inputs), LOGGED_ROWS):
        part = [flatten_row(row) for row in inputs[start : start + LOGGED_ROWS]]
        fields = {**step, **_place(start, len(part), len(inputs), first_row), "inputs": part}
        log_fields(logger, "prediction input", fields)


def _log_output(step: dict[str, Any], answer: dict[str, Any], first_row: int | None) -> None:
    if not logger.isEnabledFor(logging.INFO):
        return
    predictions, errors = answer["predictions"], answer["errors"]
    for start in range(0, len(predictions), LOGGED_ROWS):
        part = predictions[start : start + LOGGED_ROWS]
        found = {}
        if errors:
            found = {str(row): errors[key] for row in range(len(part)) if (key := str(start + row)) in errors}
        place = _place(start, len(part), len(predictions), first_row)
        fields = {**step, **place, "n_rejected": len(found), "predictions": part, "errors": found}
        log_fields(logger, "prediction output", fields)


def _place(start: int, n_part: int, n_rows: int, first_row: int | None) -> dict[str, int]:
    """Say which rows of a request a line is about, unless it is about all of them."""
    place = {"n_rows": n_part}
    return place if first_row is None and n_part == n_rows else {**place, "first_row": (first_row or 0) + start}
