"""A server that is told to stop finishes what it has begun."""

from __future__ import annotations

import json
import signal
import threading
import time

HEAD = b"POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


def _read_all(connection) -> bytes:
    received = b""
    while data := connection.recv(65_536):
        received += data
    return received


def test_a_body_on_its_way_is_still_read_and_answered(serve, row):
    body = json.dumps(row).encode()
    head = HEAD + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
    with serve() as server, server.connect(head + body[:10]) as connection:
        time.sleep(0.2)  # the worker has begun to read
        server.process.send_signal(signal.SIGTERM)
        time.sleep(1.5)  # and knows by now that it has to stop
        connection.sendall(body[10:])
        head, _, answer = _read_all(connection).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 ")
        assert len(json.loads(answer)["predictions"]) == 1
        assert server.process.wait(20) == 0
        assert "Traceback" not in server.read_errors()


def test_a_long_prediction_is_finished(serve, row):
    rows, answers = [row] * 3000, []
    with serve(ML_API_MAX_ROWS="3000", ML_API_MAX_BODY_BYTES="10000000") as server:
        asking = threading.Thread(target=lambda: answers.append(server.predict(rows)))
        asking.start()
        time.sleep(0.1)
        server.process.send_signal(signal.SIGTERM)
        asking.join(20)
        [(status, answer)] = answers
        assert status == 200
        assert len(answer["predictions"]) == len(rows)
        assert server.process.wait(20) == 0


def test_a_stream_is_finished(serve, row):
    body, answers = json.dumps(row).encode() + b"\n", []
    headers = {"Content-Type": "application/x-ndjson"}
    with serve(ML_API_MAX_STREAM_ROWS="100000") as server:
        asking = threading.Thread(
            target=lambda: answers.append(server.ask("POST", "/v1/predict", body * 3000, headers))
        )
        asking.start()
        time.sleep(0.1)
        server.process.send_signal(signal.SIGTERM)
        asking.join(20)
        [(response, content)] = answers
        assert response.status == 200
        assert json.loads(content.splitlines()[-1])["summary"]["complete"] is True
        assert server.process.wait(20) == 0


def test_after_the_graceful_time_it_stops_all_the_same(serve):
    with serve(ML_API_GRACEFUL_TIMEOUT_S="1") as server, server.connect(HEAD + b"Content-Length: 9\r\n\r\n"):
        started = time.perf_counter()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(20) == 0
        assert time.perf_counter() - started < 8
