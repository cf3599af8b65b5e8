"""The limit of a request's time; on the real server: `tests/operation/test_deadlines.py`."""

from __future__ import annotations

import json
import subprocess
import sys

from flask import Flask

from ml_api.app.deadlines import limit_request_time


def test_without_gevent_nothing_changes():
    app = Flask("app")
    limit_request_time(app, timeout_s=1)
    assert app.wsgi_app == Flask.wsgi_app.__get__(app)


PROGRAM = """
from gevent import monkey
monkey.patch_all()
import sys, time
import gevent
from pathlib import Path
from werkzeug.test import EnvironBuilder
from ml_api.app import create_app, deadlines
from ml_api.errors import RequestTimeoutError
from ml_api.settings import TestingSettings

class Body:
    lines = [(sys.argv[2] + "\\n").encode()] * 600

    def read(self, size):
        if not self.lines:
            time.sleep(30)  # the client sends no more
        return self.lines.pop()

deadlines.LAST_WORDS_S = 0.2
app = create_app(TestingSettings(artifact=Path(sys.argv[1]), request_timeout_s=3))
builder = EnvironBuilder(path="/v1/predict", method="POST", content_type="application/x-ndjson")
environ = {**builder.get_environ(), "REMOTE_ADDR": "127.0.0.1", "wsgi.input": Body(), "wsgi.input_terminated": True}
answer = app.wsgi_app(environ, lambda status, headers: None)
first = next(answer)
assert b'"row":499' in first, first[:500]
# Once the time is over, the stream ends itself ...
assert b'"row":599' in next(answer)
assert b'"request_timeout"' in next(answer)
# ... but a client that does not read holds the server up no longer than it may.
started = time.monotonic()
try:
    time.sleep(10)
except RequestTimeoutError:
    assert time.monotonic() - started < 5
else:
    raise AssertionError("the last words take for ever")
assert b'"complete":false' in next(answer)
answer.close()
# And nothing strikes after the end: a timer of ours, which began later, is the first.
ours = gevent.Timeout.start_new(deadlines.LAST_WORDS_S)
try:
    time.sleep(10)
except gevent.Timeout as struck:
    assert struck is ours
"""


def test_a_stream_may_say_its_last_words_and_no_more(model_folder, row):
    command = [sys.executable, "-c", PROGRAM, str(model_folder), json.dumps(row)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
