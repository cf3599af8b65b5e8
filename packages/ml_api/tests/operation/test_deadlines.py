"""Requests that use up their time, on the real server (clients that are slow on purpose: `test_slow_clients.py`)."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

REQUEST_TIMEOUT_S = 3  # enough for some hundred rows on a busy machine
LINES = (
    b"POST /v1/predict HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
)


@pytest.fixture(scope="module")
def server(serve) -> Iterator:
    settings = {"ML_API_REQUEST_TIMEOUT_S": str(REQUEST_TIMEOUT_S), "ML_API_KEEPALIVE_S": "60"}
    with ExitStack() as stack:
        yield stack.enter_context(serve(**settings))


def _read_until(connection: socket.socket, end: bytes) -> bytes:
    received = b""
    while end not in received:
        data = connection.recv(65_536)
        assert data, f"the connection ended after {received[-500:]!r}"
        received += data
    return received


def test_a_stream_that_its_deadline_stops_says_so_in_honest_last_lines(server, row):
    # Given a stream that is answered in part, and whose client sends no more
    rows = (json.dumps(row).encode() + b"\n") * 700
    with server.connect(LINES + b"%x\r\n%s\r\n" % (len(rows), rows)) as connection:
        received = _read_until(connection, b'"row":499')
        # When the time is over, then what was read is answered, with what went wrong after it
        received += _read_until(connection, b"0\r\n\r\n")
    lines = [json.loads(line) for line in received.splitlines() if line.startswith(b"{")]
    *rows_answered, error, summary = lines
    assert received.startswith(b"HTTP/1.1 200 ")
    # Some of the last 8 kB were still in the hands of the server's reader.
    assert len(rows_answered) > 600
    assert [line["row"] for line in rows_answered] == list(range(len(rows_answered)))
    assert {line["prediction"] is None for line in rows_answered} == {False}
    assert error["error"]["code"] == "request_timeout"
    assert (summary["summary"]["rows"], summary["summary"]["complete"]) == (len(rows_answered), False)


def test_a_request_of_which_nothing_can_be_answered_is_an_error_and_no_other_is_interrupted(server):
    head = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with server.connect(head) as kept:
        # Given a connection on which something was answered in time
        _read_until(kept, b'"ok"')
        # When another request, which began later, runs out of time
        with server.connect(LINES.replace(b"x-ndjson", b"json") + b"1\r\n{\r\n") as connection:
            received = _read_until(connection, b"}}")
        # Then it is told so, and the time of the first one has ended with its answer
        assert received.startswith(b"HTTP/1.1 503 ")
        assert b'"request_timeout"' in received
        kept.sendall(head)
        assert _read_until(kept, b'"ok"').startswith(b"HTTP/1.1 200 ")
