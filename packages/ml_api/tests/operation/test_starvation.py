"""While one request computes for seconds, a server of one worker answers the others, and its memory stays as it is.

The model has as many features as a real one, since everything that a request takes grows with them.
"""

from __future__ import annotations

import http.client
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from regression_model import load_pipeline

ROWS = 5_000
BODY_BYTES = 10_000_000
STREAM_ROWS = 100_000
MAX_GROWTH_KB = 50_000
JSON = {"Content-Type": "application/json"}
LINES = {"Content-Type": "application/x-ndjson"}


@pytest.fixture(scope="module")
def house(house_folder) -> dict:
    """A row of the large model."""
    return load_pipeline(house_folder).example_row()


@pytest.fixture(scope="module")
def server(serve, house_folder, tmp_path_factory) -> Iterator:
    """A server that logs all that it can; its buffers have the size that they keep."""
    settings = {
        "ML_API_ARTIFACT": str(house_folder),
        "ML_API_MAX_ROWS": str(ROWS),
        "ML_API_MAX_BODY_BYTES": str(BODY_BYTES),
        "ML_API_MAX_STREAM_ROWS": str(2 * STREAM_ROWS),
        "ML_API_REQUEST_TIMEOUT_S": "600",
        "ML_API_LOG_LEVEL": "INFO",
        "ML_API_PREDICTION_LOG": str(tmp_path_factory.mktemp("log")),
    }
    with ExitStack() as stack:
        yield stack.enter_context(serve(**settings))


@pytest.fixture
def watch(server, build_watch):
    """Watch the health of the server while it answers."""
    return build_watch(server.measure_health_s)


@pytest.fixture
def post(server, watch) -> Callable[..., tuple[int, bytes]]:
    """Post a body while the health is watched; return status and content."""

    def post(body: object, headers: dict[str, str], path: str = "/v1/predict", **options: object) -> tuple[int, bytes]:
        def ask() -> tuple[http.client.HTTPResponse, bytes]:
            return server.ask("POST", path, body() if callable(body) else body, headers, **options)

        response, content = watch.during(ask)
        return response.status, content

    return post


def _read_memory_kb(server, what: str) -> int:
    [worker] = server.find_workers()
    return int(re.search(rf"{what}:\s+(\d+) kB", Path(f"/proc/{worker}/status").read_text())[1])


# 100,000 rows of 67 features are 130 MB: half a minute.
@pytest.mark.slow
def test_a_long_stream_starves_nobody_and_needs_no_memory(server, post, house):
    # Given a server that has predicted before, and a client that reads nothing until it has sent everything
    line = json.dumps(house).encode() + b"\n"
    server.ask("POST", "/v1/predict", line * 2_000, LINES)
    before_kb = _read_memory_kb(server, "VmRSS")
    # When it sends a long stream with a broken line
    status, content = post(
        lambda: (b"x\n" if number == 500 else line * 100 for number in range(STREAM_ROWS // 100 + 1)),
        LINES,
        encode_chunked=True,
    )
    growth_kb = _read_memory_kb(server, "VmHWM") - before_kb
    # Then each line has its answer, and the process was never much larger
    *lines, last = content.splitlines()
    assert status == 200
    assert len(lines) == STREAM_ROWS + 1
    summary = json.loads(last)["summary"]
    assert (summary["rows"], summary["rejected"], summary["complete"]) == (STREAM_ROWS + 1, 1, True)
    assert [number for number, line in enumerate(lines) if b'"errors"' in line] == [50_000]
    assert json.loads(lines[-1])["row"] == STREAM_ROWS
    assert growth_kb < MAX_GROWTH_KB


def test_rows_of_the_largest_body_are_predicted(post, house):
    status, content = post(json.dumps([house] * ROWS), JSON)
    assert (status, len(json.loads(content)["predictions"])) == (200, ROWS)


def test_rows_with_all_the_errors_that_there_are_are_refused(post, house):
    # Given rows of nothing, each of which has an error for each feature
    status, content = post(json.dumps([{}] * ROWS), JSON)
    assert status == 422
    assert len(json.loads(content)["error"]["details"]["errors"]) == ROWS
    # And the same beside a row that is answered
    status, content = post(json.dumps([*[{}] * (ROWS - 1), house]), JSON)
    errors = json.loads(content)["errors"]
    assert (status, len(errors)) == (200, ROWS - 1)
    assert {len(found) for found in errors.values()} == {11}


@pytest.mark.parametrize("accept", ["application/json", "text/csv"])
def test_a_table_of_the_most_rows_is_predicted(post, house, accept):
    values = ",".join("" if value is None else str(value) for value in house.values())
    table = "\n".join([",".join(house), *[values] * ROWS])
    status, content = post(table, {"Content-Type": "text/csv", "Accept": accept})
    assert status == 200
    assert content


BODIES = {
    "blanks": (b"[{}", b" ", 422),
    "numbers": (b"[", b"1,", 413),
    "objects": (b"[", b'{"a":1},', 413),
    "lists": (b"[", b"[],", 400),
    "texts": (b"[", b'"abcdef",', 413),
    "escapes": (b"[", b'"\\u00e9",', 413),
}


@pytest.mark.parametrize(("head", "part", "status"), BODIES.values(), ids=BODIES)
def test_a_large_body_that_is_refused_is_read(post, head, part, status):
    body = (head + part * ((BODY_BYTES - len(head) - 1) // len(part))).rstrip(b",") + b"]"
    assert post(body, JSON)[0] == status


@pytest.mark.parametrize(
    ("kind", "content", "status"),
    [("json", b"[1]".ljust(200_000), 422), ("x-ndjson", b"[1]\n" * 1_000 + b" " * 200_000, 200)],
)
def test_a_body_in_chunks_of_a_byte_is_read(server, watch, kind, content, status):
    head = f"POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/{kind}\r\n"
    body = b"".join(b"1\r\n%c\r\n" % byte for byte in content) + b"0\r\n\r\n"
    sent = head.encode() + b"Transfer-Encoding: chunked\r\n\r\n" + body
    received = watch.during(lambda: server.exchange(sent))
    assert received.startswith(b"HTTP/1.1 %d " % status)


def test_blank_lines_without_end_are_refused(post):
    assert post(b" \n" * 1_000_000, LINES)[0] == 400


def test_many_rows_are_explained(post, house):
    status, content = post(json.dumps([house] * 100), JSON, path="/v1/predict?explain=true")
    assert status == 200
    assert len(json.loads(content)["explanations"]) == 100


def test_outcomes_that_are_all_wrong_are_refused(post):
    outcomes = json.dumps([{"outcome": "x", **{f"f{number}": 1 for number in range(100)}}] * ROWS)
    status, content = post(outcomes, JSON, path="/v1/feedback")
    assert status == 422
    assert len(json.loads(content)["error"]["details"]["errors"]) == 100


def test_a_row_is_predicted_while_the_most_rows_are(server, build_watch, house):
    def measure_s() -> float:
        started = time.perf_counter()
        assert server.predict(house)[0] == 200
        return time.perf_counter() - started

    body = json.dumps([house] * ROWS)
    response, _ = build_watch(measure_s, below_s=2).during(lambda: server.ask("POST", "/v1/predict", body, JSON))
    assert response.status == 200
