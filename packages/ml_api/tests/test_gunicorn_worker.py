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
