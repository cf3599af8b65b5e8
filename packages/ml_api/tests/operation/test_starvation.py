"""While one request computes for seconds, a server of one worker answers the others."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

ROWS = 5000
STREAMS = {"ML_API_MAX_STREAM_ROWS": "100000", "ML_API_MAX_EXPLAINED_ROWS": "100"}


@pytest.fixture(scope="module")
def server(serve) -> Iterator:
    with ExitStack() as stack:
        yield stack.enter_context(serve(ML_API_MAX_ROWS=str(ROWS), ML_API_MAX_BODY_BYTES="10000000", **STREAMS))


def _measure_while(server, ask) -> tuple[list[float], object]:
    """Ask for the health all the time that another request takes."""
    answers: list[object] = []
    asking = threading.Thread(target=lambda: answers.append(ask()))
    asking.start()
    laps = []
    while asking.is_alive():
        laps.append(server.measure_health_s())
        time.sleep(0.005)
    asking.join()
    [answer] = answers
    return laps, answer


def test_health_answers_while_the_most_rows_are_predicted(server, row):
    laps, (status, answer) = _measure_while(server, lambda: server.predict([row] * ROWS))
    assert (status, len(answer["predictions"])) == (200, ROWS)
    assert len(laps) >= 2, "the prediction was too quick to show anything"
    assert max(laps) < 0.5


BODY_BYTES = 10_000_000
BODIES = {
    "blanks": (b"[{}", b" ", 422),
    "numbers": (b"[", b"1,", 413),
    "objects": (b"[", b'{"a":1},', 413),
    "lists": (b"[", b"[],", 400),
    "texts": (b"[", b'"abcdef",', 413),
    "escapes": (b"[", b'"\\u00e9",', 413),
}


@pytest.mark.parametrize(("head", "part", "status"), BODIES.values(), ids=BODIES)
def test_health_answers_while_the_largest_body_is_read(server, head, part, status):
    body = (head + part * ((BODY_BYTES - len(head) - 1) // len(part))).rstrip(b",") + b"]"
    headers = {"Content-Type": "application/json"}
    laps, (found, _) = _measure_while(server, lambda: server.request("POST", "/v1/predict", body, headers))
    assert found == status
    assert max(laps) < 0.5


def test_health_answers_while_a_stream_is_predicted(server, row):
    body = json.dumps(row).encode() + b"\n"
    headers = {"Content-Type": "application/x-ndjson"}
    laps, (response, content) = _measure_while(
        server, lambda: server.ask("POST", "/v1/predict", body * 2 * ROWS, headers)
    )
    assert response.status == 200
    assert len(content.splitlines()) == 2 * ROWS + 1  # and the summary
    assert json.loads(content.splitlines()[-1])["summary"]["complete"] is True
    assert max(laps) < 0.5


def test_health_answers_while_many_rows_are_explained(server, row):
    body, headers = json.dumps([row] * 100), {"Content-Type": "application/json"}
    laps, (status, answer) = _measure_while(
        server, lambda: server.request("POST", "/v1/predict?explain=true", body, headers)
    )
    assert status == 200
    assert len(answer["explanations"]) == 100
    assert max(laps) < 0.5


def test_a_row_is_predicted_while_the_most_rows_are(server, row):
    answers: list[int] = []
    asking = threading.Thread(target=lambda: answers.append(server.predict([row] * ROWS)[0]))
    asking.start()
    time.sleep(0.1)
    started = time.perf_counter()
    assert server.predict(row)[0] == 200
    elapsed_s = time.perf_counter() - started
    asking.join()
    assert answers == [200]
    assert elapsed_s < 1
