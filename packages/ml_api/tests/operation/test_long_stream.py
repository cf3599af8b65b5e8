"""A stream of 100,000 rows through the real server: in bounded memory, and without anybody waiting for ever."""

from __future__ import annotations

import json
import re
import socket
import time
from pathlib import Path

import pytest

N_ROWS = 100_000
MAX_GROWTH_KB = 50_000
LINES = {"Content-Type": "application/x-ndjson"}
HEAD = (
    b"POST /v1/predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
)


def _read_memory_kb(pid: int, what: str) -> int:
    return int(re.search(rf"{what}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())[1])


@pytest.mark.slow
def test_memory_does_not_grow_with_the_stream(serve, row, tmp_path):
    # Given a server that has predicted before, and a client that reads nothing until it has sent everything
    line = json.dumps(row).encode() + b"\n"
    with serve(ML_API_LOG_LEVEL="INFO", ML_API_PREDICTION_LOG=str(tmp_path / "log")) as server:
        server.ask("POST", "/v1/predict", line * 2_000, LINES)
        [worker] = server.find_workers()
        before_kb = _read_memory_kb(worker, "VmRSS")
        # When it sends a long stream with a broken line
        body = (b"x\n" if number == 500 else line * 100 for number in range(N_ROWS // 100 + 1))
        response, content = server.ask("POST", "/v1/predict", body, LINES, encode_chunked=True)
        peak_kb = _read_memory_kb(worker, "VmHWM")
    # Then each line has its answer, and the process was never much larger
    *lines, last = content.splitlines()
    assert response.status == 200
    assert len(lines) == N_ROWS + 1
    summary = json.loads(last)["summary"]
    assert (summary["rows"], summary["rejected"], summary["complete"]) == (N_ROWS + 1, 1, True)
    assert [number for number, line in enumerate(lines) if b'"errors"' in line] == [50_000]
    assert json.loads(lines[-1])["row"] == N_ROWS
    assert peak_kb - before_kb < MAX_GROWTH_KB


def test_the_answer_begins_before_the_body_has_ended(server, row):
    chunk = (json.dumps(row).encode() + b"\n") * 600
    with server.connect(HEAD) as connection:
        connection.sendall(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        connection.settimeout(10)
        received = b""
        while b'"row":499' not in received:
            received += connection.recv(65_536)
        assert received.startswith(b"HTTP/1.1 200")
        assert b"summary" not in received
        connection.sendall(b"0\r\n\r\n")
        while b'"summary"' not in received:
            received += connection.recv(65_536)


def test_a_client_that_hangs_up_in_the_middle_harms_nobody(server, row):
    chunk = (json.dumps(row).encode() + b"\n") * 700
    workers = server.find_workers()
    with server.connect(HEAD + b"%x\r\n%s" % (len(chunk) + 10_000, chunk)) as connection:
        connection.shutdown(socket.SHUT_WR)
        time.sleep(0.2)
    assert server.predict(row)[0] == 200
    assert server.find_workers() == workers
