"""A server that is told to stop finishes what it has begun."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
from contextlib import ExitStack

import pytest

HEAD = b"POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
JSON = b"Content-Type: application/json\r\n"
LINES = b"Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
N_ROWS = 1000


def _is_deaf(port: int) -> bool:
    """Say whether the server and its worker take no more connections: they know that they have to stop."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except ConnectionRefusedError:
        return True
    except OSError:
        return False
    return False


def _read_all(connection: socket.socket) -> bytes:
    received = b""
    while data := connection.recv(65_536):
        received += data
    return received


def test_what_has_begun_is_finished(serve, row):
    # Given one row, many rows and a stream that are all on their way, each held open by us
    one, many = json.dumps(row).encode(), json.dumps([row] * N_ROWS).encode()
    line = one + b"\n"
    settings = {"ML_API_MAX_ROWS": str(N_ROWS), "ML_API_MAX_BODY_BYTES": "10000000"}
    with serve(**settings) as server, ExitStack() as stack:

        def begin(sent: bytes) -> socket.socket:
            return stack.enter_context(server.connect(sent))

        waiting = begin(HEAD + JSON + b"Content-Length: %d\r\n\r\n" % len(one))
        almost = begin(HEAD + JSON + b"Content-Length: %d\r\n\r\n" % len(many) + many[:-1])
        stream = begin(HEAD + LINES + b"%x\r\n%s\r\n" % (len(line) * N_ROWS, line * N_ROWS))
        begun = stream.recv(65_536)
        assert begun.startswith(b"HTTP/1.1 200 ")
        server.wait_until(lambda: server.count_in_flight() == 3)
        # When the server is told to stop, and has understood
        server.process.send_signal(signal.SIGTERM)
        server.wait_until(lambda: _is_deaf(server.port))
        for connection, rest in [
            (waiting, one),
            (almost, many[-1:]),
            (stream, b"%x\r\n%s\r\n0\r\n\r\n" % (len(line), line)),
        ]:
            connection.sendall(rest)
        # Then each of them is answered, and nothing is left of the server
        for connection, n_rows in [(waiting, 1), (almost, N_ROWS)]:
            head, _, answer = _read_all(connection).partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 ")
            assert len(json.loads(answer)["predictions"]) == n_rows
        answer = begun + _read_all(stream)
        summary = re.search(rb'\{"summary":.*\}', answer)
        assert summary is not None, answer[-1_000:]
        told = json.loads(summary[0])["summary"]
        assert (told["rows"], told["rejected"], told["complete"]) == (N_ROWS + 1, 0, True)
        assert server.process.wait(60) == 0
        assert "Traceback" not in server.read_errors()
        for worker in server.find_workers():
            with pytest.raises(ProcessLookupError):
                os.kill(worker, 0)


def test_after_the_graceful_time_it_stops_all_the_same(serve):
    with serve(ML_API_GRACEFUL_TIMEOUT_S="1", ML_API_REQUEST_TIMEOUT_S="3600") as server:
        # Given a request whose body never comes, and a connection that asks for nothing
        with server.connect(HEAD + JSON + b"Content-Length: 9\r\n\r\n"), server.connect():
            server.wait_until(lambda: server.count_in_flight() == 1)
            server.process.send_signal(signal.SIGTERM)
            assert server.process.wait(60) == 0
        # Nor does it take that for a failure
        assert "failed outside the application" not in server.read_errors()
