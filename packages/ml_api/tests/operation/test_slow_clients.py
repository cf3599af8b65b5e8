"""Clients that are slow, or never finish, cost the others nothing, and are cut off in time."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

HEAD = b"POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
HEALTH_S = 0.5
KEEPALIVE_S = 2
REQUEST_TIMEOUT_S = 3


@pytest.fixture(scope="module")
def server(serve) -> Iterator:
    settings = {"ML_API_KEEPALIVE_S": str(KEEPALIVE_S), "ML_API_REQUEST_TIMEOUT_S": str(REQUEST_TIMEOUT_S)}
    with ExitStack() as stack:
        yield stack.enter_context(serve(**settings))


def _drip(connections: list[socket.socket]) -> None:
    for connection in connections:
        with suppress(OSError):  # cut off in the meantime
            connection.send(b"a")


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET /hea", b"GET /health HTTP/1.1\r\nX-Slow: ", HEAD + b"Content-Length: 9000\r\n\r\n{"],
    ids=["silent", "first line", "headers", "body"],
)
def test_a_hundred_slow_clients_hold_up_nobody(server, row, check_quick, sent):
    with ExitStack() as stack:
        slow = [stack.enter_context(server.connect(sent)) for _ in range(100)]
        for _ in range(5):
            if sent:
                _drip(slow)
            check_quick(server.measure_health_s, below_s=HEALTH_S)
            check_quick(lambda: _measure_prediction_s(server, row), below_s=1)


def _measure_prediction_s(server, row) -> float:
    started = time.perf_counter()
    assert server.predict(row)[0] == 200
    return time.perf_counter() - started


def _measure_until_closed_s(connection: socket.socket) -> tuple[float, bytes]:
    """Drip until the server hangs up; return how long that took, and what it said."""
    started, received = time.perf_counter(), b""
    connection.settimeout(0.1)
    while True:
        assert time.perf_counter() - started < 60, "the server never hangs up"
        try:
            connection.send(b" ")
            data = connection.recv(65_536)
        except TimeoutError:
            continue
        except OSError:
            data = b""
        if not data:
            return time.perf_counter() - started, received
        received += data


def test_headers_that_come_drop_by_drop_are_cut_off(server):
    with server.connect(b"GET /health HTTP/1.1\r\nX-Slow: ") as connection:
        elapsed_s, received = _measure_until_closed_s(connection)
    assert KEEPALIVE_S - 0.5 < elapsed_s < KEEPALIVE_S + 20  # a busy machine notices late
    assert received == b""


@pytest.mark.parametrize("length", [b"Content-Length: 9000", b"Transfer-Encoding: chunked"])
def test_a_body_that_comes_drop_by_drop_is_cut_off(server, length):
    with server.connect(HEAD + length + b"\r\n\r\n" + (b"2328\r\n" if b"chunked" in length else b"")) as connection:
        elapsed_s, received = _measure_until_closed_s(connection)
    assert REQUEST_TIMEOUT_S - 0.5 < elapsed_s < REQUEST_TIMEOUT_S + 20
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503 ")
    assert json.loads(body)["error"]["code"] == "request_timeout"


def test_a_client_that_takes_its_time_within_the_limit_is_answered(server, row):
    body = json.dumps(row).encode()
    head = HEAD + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
    with server.connect(head) as connection:
        third = len(body) // 3 + 1
        for start in range(0, len(body), third):
            time.sleep(0.3)
            connection.sendall(body[start : start + third])
        received = b""
        while data := connection.recv(65_536):
            received += data
    assert received.startswith(b"HTTP/1.1 200 ")
