"""The limit under gevent (in the real server: `tests/operation/test_slow_clients.py`)."""

from __future__ import annotations

import subprocess
import sys

from flask import Flask

from ml_api.app.deadlines import limit_request_time


def test_without_gevent_nothing_changes():
    app = Flask("test")
    before = app.wsgi_app
    limit_request_time(app, timeout_s=1)
    assert app.wsgi_app == before


PROGRAM = """
from gevent import monkey
monkey.patch_all()
import time
import gevent
from flask import Flask
from ml_api.app.deadlines import limit_request_time
from ml_api.errors import RequestTimeoutError

app = Flask("test")
app.testing = True
limit_request_time(app, timeout_s=0.2)
client = app.test_client()

@app.get("/quick")
def quick():
    return "quick"

@app.get("/slow")
def slow():
    time.sleep(5)
    return "slow"

@app.get("/stream")
def stream():
    def lines():
        yield b"first"
        time.sleep(5)
        yield b"second"
    return app.response_class(lines())

@app.errorhandler(RequestTimeoutError)
def late(error):
    return f"late: {error}", 503

response = client.get("/slow")
assert response.status_code == 503, response.text
assert response.text == "late: The request took longer than 0.2 seconds. Send fewer rows in one request."

# Half an answer ends with an error, so that the server cuts the connection.
received = []
try:
    for part in client.get("/stream", buffered=False).response:
        received.append(part)
except RequestTimeoutError:
    assert received == [b"first"], received
else:
    raise AssertionError(received)

# What has been answered in time is not interrupted afterwards.
with client.get("/quick") as response:
    assert response.text == "quick"
gevent.sleep(0.4)
"""


def test_under_gevent_a_request_ends_in_time_whatever_it_waits_for():
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == 0, result.stderr
