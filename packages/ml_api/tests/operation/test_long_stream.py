"""Streams through the real server, without anybody waiting for ever (a long one: `test_starvation.py`)."""

from __future__ import annotations

import json
import socket

HEAD = (
    b"POST /v1/predict HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
)


def test_the_answer_begins_before_the_body_has_ended(server, row):
    chunk = (json.dumps(row).encode() + b"\n") * 600
    with server.connect(HEAD) as connection:
        connection.sendall(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        connection.settimeout(60)
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
        while connection.recv(65_536):  # until the server hangs up, too
            pass
    assert server.predict(row)[0] == 200
    assert server.find_workers() == workers
