"""What the worker does outside of requests (in the real server: `tests/operation/test_raw_http.py`)."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
from gevent import monkey
monkey.patch_all()
import logging, socket
import gevent
from types import SimpleNamespace
from ml_api.gunicorn_worker import Worker

worker = SimpleNamespace(log=logging.getLogger("test"))

def tell(error):
    client, server = socket.socketpair()
    client.shutdown(socket.SHUT_WR)
    Worker.handle_error(worker, None, server, None, error)
    server.close()
    with client:
        return client.recv(65536)

assert tell(RuntimeError("canary")).startswith(b"HTTP/1.1 500 ")
# The worker stops: what was sent of an answer must not be followed by another one.
assert tell(gevent.GreenletExit()) == b""
"""


def test_a_request_that_is_killed_with_its_worker_just_ends():
    result = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr


RESPONSES = """
from gevent import monkey
monkey.patch_all()
from gunicorn.http import wsgi
from gunicorn.http.errors import InvalidResponseHeader
from ml_api.app.headers import COMMON_HEADERS
from ml_api.gunicorn_worker import Response

Response.trust_common_headers()

def process(kind, headers):
    response = kind.__new__(kind)
    response.headers, response.response_length, response.upgrade = [], None, False
    try:
        response.process_headers(headers)
    except (InvalidResponseHeader, TypeError) as error:
        return type(error)
    return sorted(response.headers), response.response_length, response.upgrade

cases = [
    [*COMMON_HEADERS, ("Content-Length", "7"), ("X-Request-ID", " r ")],
    [("Connection", "close"), ("Keep-Alive", "1"), *COMMON_HEADERS],
    [("X-Content-Type-Options", "nosniff\\r\\nX: y"), *COMMON_HEADERS],
    [("X-Content-Type-Options", 1)],
    [],
]
for headers in cases:
    assert process(Response, headers) == process(wsgi.Response, headers), headers
assert process(Response, cases[2]) is InvalidResponseHeader
"""


def test_headers_are_processed_as_gunicorn_does():
    result = subprocess.run([sys.executable, "-c", RESPONSES], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
