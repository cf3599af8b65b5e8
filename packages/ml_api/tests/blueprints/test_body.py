from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys

import pytest

PATH = "/v1/predict"


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_is_taken(client, row, content_type):
    assert client.post(PATH, data=json.dumps(row), content_type=content_type).status_code == 200


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/xml",
        "json",
    ],
)
def test_other_types_are_refused(client, row, check_error, content_type):
    response = client.post(PATH, data=json.dumps(row).encode(), content_type=content_type)
    check_error(response, 415, "unsupported_media_type")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "gzip, identity"])
def test_compressed_bodies_are_refused(client, row, check_error, encoding):
    response = client.post(
        PATH,
        data=gzip.compress(json.dumps(row).encode()),
        content_type="application/json",
        headers={"Content-Encoding": encoding},
    )
    check_error(response, 415, "unsupported_media_type")


def _post_chunked(client, body: bytes):
    """Post as gunicorn passes a chunked body on: without a length, with an end."""
    return client.post(
        PATH,
        input_stream=io.BytesIO(body),
        content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
    )


def test_a_chunked_body_is_read(client, row):
    assert _post_chunked(client, json.dumps(row).encode()).status_code == 200


@pytest.mark.parametrize("size", [200_001, 400_001, 400_002, 5_000_000])
def test_a_chunked_body_that_is_too_large_is_refused_and_never_cut_off(client, row, check_error, size):
    # The part within the limit is a good document by itself.
    check_error(_post_chunked(client, json.dumps(row).encode().ljust(size)), 413, "content_too_large")


def test_a_body_of_just_the_limit_is_read(client, row):
    body = json.dumps(row).encode().ljust(200_000)
    assert client.post(PATH, data=body, content_type="application/json").status_code == 200
    assert _post_chunked(client, body).status_code == 200


def test_a_body_that_breaks_off_is_refused(client, row, check_error):
    response = client.post(
        PATH,
        input_stream=io.BytesIO(json.dumps(row).encode()),
        content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": "5000"},
    )
    check_error(response, 400, "invalid_document")


def test_no_body_at_all_is_refused(client, check_error):
    check_error(client.post(PATH, content_type="application/json"), 400, "invalid_document")


READING = """
from gevent import monkey
monkey.patch_all()
from gevent.monkey import get_original
import gevent, io, socket
from flask import Request
from werkzeug.test import EnvironBuilder
from ml_api.blueprints.body import BodyStream, read_body

class Body:
    def __init__(self, content):
        self._content = io.BytesIO(content)

    def read(self, size):  # as slow as the server takes a body in chunks of a byte apart
        end = get_original("time", "monotonic")() + 0.005
        while get_original("time", "monotonic")() < end:
            pass
        return self._content.read(size)

def build():
    environ = EnvironBuilder(method="POST").get_environ()
    return Request({**environ, "wsgi.input": Body(b" " * 200_000), "wsgi.input_terminated": True})

def read_stream():
    body = BodyStream(build())
    while body.read(8192):
        pass

for read in (read_stream, lambda: read_body(build(), max_body_bytes=1_000_000, accept_gzip=False)):
    # Another greenlet waits for a socket, as each connection does.
    ours, theirs = socket.socketpair()
    ticks = []

    def tick():
        for _ in range(5):
            ours.send(b"x")
            ticks.append(theirs.recv(1))

    gevent.spawn(tick)
    read()
    assert len(ticks) == 5, len(ticks)
"""


def test_a_body_that_is_there_at_once_lets_others_in_while_it_is_read():
    result = subprocess.run([sys.executable, "-c", READING], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
