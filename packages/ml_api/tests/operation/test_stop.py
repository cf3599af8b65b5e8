"""A server that is told to stop finishes what it has begun."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading

import pytest

HEAD = b"POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n"
LINES = {"Content-Type": "application/x-ndjson"}
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
    # Given a body that is on its way, a long prediction and a stream
    body, line, answers = json.dumps(row).encode(), json.dumps(row).encode() + b"\n", {}
    asks = {
        "rows": lambda: server.predict([row] * N_ROWS),
        "stream": lambda: server.ask("POST", "/v1/predict", line * N_ROWS, LINES),
    }
    asking = [
        threading.Thread(target=lambda name=name, ask=ask: answers.__setitem__(name, ask()))
        for name, ask in asks.items()
    ]
    settings = {"ML_API_MAX_ROWS": str(N_ROWS), "ML_API_MAX_BODY_BYTES": "10000000"}
    with serve(**settings) as server, server.connect(HEAD + b"Content-Length: %d\r\n\r\n" % len(body)) as connection:
        for thread in asking:
            thread.start()
        server.wait_until(lambda: server.count_in_flight() == 3)
        # When the server is told to stop, and has understood
        server.process.send_signal(signal.SIGTERM)
        server.wait_until(lambda: _is_deaf(server.port))
        connection.sendall(body)
        # Then each of them is answered, and nothing is left of the server
        head, _, answer = _read_all(connection).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 ")
        assert len(json.loads(answer)["predictions"]) == 1
        for thread in asking:
            thread.join(60)
        status, answer = answers["rows"]
        assert (status, len(answer["predictions"])) == (200, N_ROWS)
        response, content = answers["stream"]
        assert response.status == 200
        assert json.loads(content.splitlines()[-1])["summary"]["complete"] is True
        assert server.process.wait(60) == 0
        assert "Traceback" not in server.read_errors()
        for worker in server.find_workers():
            with pytest.raises(ProcessLookupError):
                os.kill(worker, 0)


def test_after_the_graceful_time_it_stops_all_the_same(serve):
    with serve(ML_API_GRACEFUL_TIMEOUT_S="1", ML_API_REQUEST_TIMEOUT_S="3600") as server:
        # Given a request whose body never comes, and a connection that asks for nothing
        with server.connect(HEAD + b"Content-Length: 9\r\n\r\n"), server.connect():
            server.wait_until(lambda: server.count_in_flight() == 1)
            server.process.send_signal(signal.SIGTERM)
            assert server.process.wait(60) == 0
        # Nor does it take that for a failure
        assert "failed outside the application" not in server.read_errors()
