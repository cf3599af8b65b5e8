"""What is no HTTP, or too much of it, is refused in the one shape before it reaches the application."""

from __future__ import annotations

import json
import re
import threading
import time
from contextlib import suppress

import pytest

from ml_api.app.forms import FORM_TIMEOUT_S

HOST = b"Host: localhost\r\n"
GET = b"GET /health HTTP/1.1\r\n" + HOST + b"Connection: close\r\n"
POST = b"POST /v1/predict HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\nConnection: close\r\n"
SMUGGLED = b"0\r\n\r\nGET /version HTTP/1.1\r\n" + HOST + b"\r\n"

REFUSED = {
    "no HTTP": (b"canary\r\n\r\n", 400, "bad_request"),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, "bad_request"),
    "another version": (b"GET /health HTTP/9.9\r\n" + HOST + b"\r\n", 400, "bad_request"),
    "a long first line": (b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414, "uri_too_long"),
    "a long header": (GET + b"X-Long: " + b"a" * 9000 + b"\r\n\r\n", 431, "headers_too_large"),
    "a very long header": (GET + b"X-Long: " + b"a" * 900_000 + b"\r\n\r\n", 431, "headers_too_large"),
    "many headers": (GET + b"X-Many: a\r\n" * 100 + b"\r\n", 431, "headers_too_large"),
    "two hosts": (GET + HOST + b"\r\n", 400, "bad_request"),
    "a null byte in the path": (b"GET /hea\0lth HTTP/1.1\r\n" + HOST + b"\r\n", 400, "bad_request"),
    "a null byte in a header": (GET + b"X-Request-ID: a\0b\r\n\r\n", 400, "bad_request"),
    "a bare CR in a header": (GET + b"X-Request-ID: a\rX-Canary: b\r\n\r\n", 400, "bad_request"),
    "a folded header": (GET + b"X-Request-ID: a\r\n b\r\n\r\n", 400, "bad_request"),
    "a blank before the colon": (GET + b"Content-Length : 5\r\n\r\n", 400, "bad_request"),
    "both lengths": (POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + SMUGGLED, 400, "bad_request"),
    "both lengths, turned round": (
        POST + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n" + SMUGGLED,
        400,
        "bad_request",
    ),
    "two lengths": (POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ", 400, "bad_request"),
    "a length that is no number": (POST + b"Content-Length: +2\r\n\r\n{}", 400, "bad_request"),
    "a negative length": (POST + b"Content-Length: -2\r\n\r\n{}", 400, "bad_request"),
    "a coding that hides another": (POST + b"Transfer-Encoding: xchunked\r\n\r\n" + SMUGGLED, 501, "http_error"),
    "chunked twice": (POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n" + SMUGGLED, 400, "bad_request"),
    "a chunk of no size": (
        POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n" + SMUGGLED,
        400,
        "invalid_document",
    ),
    "a chunk of the wrong size": (
        POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n" + SMUGGLED,
        400,
        "invalid_document",
    ),
    "a chunk of a negative size": (
        POST + b"Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n" + SMUGGLED,
        400,
        "invalid_document",
    ),
}


@pytest.mark.parametrize(("sent", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused_in_the_one_shape(server, sent, status, code):
    received = server.exchange(sent)
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status), received
    # One answer: what was smuggled behind the request is not taken for another.
    assert received.count(b"\r\nServer: ") == 1
    document = json.loads(body)
    assert list(document) == ["error"]
    error = document["error"]
    assert list(error) == ["code", "message", "details", "request_id"]
    assert error["code"] == code
    assert b"canary" not in received.lower()
    headers = dict(line.split(": ", 1) for line in head.decode("ascii").split("\r\n")[1:])
    assert headers["X-Request-ID"] == error["request_id"]
    assert headers["Content-Type"] == "application/json"
    assert headers["Connection"] == "close"


@pytest.mark.parametrize("sent", [GET + b"\r\n", b"canary\r\n\r\n", b"GET /nowhere HTTP/1.0\r\n\r\n"])
def test_no_answer_names_the_server_software(server, sent):
    received = server.exchange(sent)
    assert re.findall(rb"(?im)^server: (.*)\r$", received) == [b"ml-api"]
    assert not re.search(rb"gunicorn|gevent|werkzeug|flask|python", received, re.IGNORECASE)


@pytest.mark.parametrize("proposed", [b"a%0d%0aX-Canary: b", b"a\\r\\nX-Canary: b", b"a\x85X-Canary: b"])
def test_a_request_id_brings_no_header_in(server, proposed):
    received = server.exchange(GET + b"X-Request-ID: " + proposed + b"\r\n\r\n")
    assert b"canary" not in received.lower()


def test_a_null_byte_in_a_quoted_path_is_no_route(server):
    assert server.request("GET", "/health%00")[0] == 404
    assert server.request("GET", "/%00/../health")[0] == 404


def test_nobody_on_this_machine_says_where_we_are_mounted(server):
    received = server.exchange(GET.replace(b"/health", b"/canary/health") + b"SCRIPT_NAME: /canary\r\n\r\n")
    assert received.startswith(b"HTTP/1.1 404 ")


def test_what_a_proxy_says_counts_only_if_we_know_of_it(server):
    # Two headers that contradict each other: who takes them for a proxy's own refuses them.
    said = b"X-Forwarded-Proto: https\r\nX-Forwarded-Ssl: off\r\n\r\n"
    assert server.exchange(GET + said).startswith(b"HTTP/1.1 200 ")


def test_trailers_without_end_are_refused(server):
    sent = POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-Trailer: " + b"a" * 600_000
    with server.connect(sent) as connection:
        assert connection.recv(65_536).startswith(b"HTTP/1.1 400 ")


def test_a_broken_request_does_no_harm_to_the_next(server, row):
    n_lines = len(server.read_log())
    for sent, _, _ in REFUSED.values():
        server.exchange(sent)
    assert server.predict(row)[0] == 200
    assert "Traceback" not in server.read_errors()
    assert [line for line in server.read_log()[n_lines:] if line["level"] == "ERROR"] == []


# ----- bodies that nobody asked for

UNREAD = b"POST /v1/predict HTTP/1.1\r\n" + HOST + b"Content-Type: text/xml\r\n"
ENDINGS = {
    "a connection that is kept": UNREAD,
    "one that ends": UNREAD + b"Connection: close\r\n",
    "HTTP/1.0": UNREAD.replace(b"HTTP/1.1", b"HTTP/1.0"),
}


@pytest.mark.parametrize("unread", ENDINGS.values(), ids=ENDINGS)
def test_a_refusal_reaches_who_sends_a_body_all_the_same(server, unread):
    head = unread + b"Content-Length: 300000\r\n\r\n"
    for _ in range(5):  # since it is a race: closing on what is unread resets the connection, at whatever point
        with server.connect(head) as connection:
            for _ in range(30):
                connection.sendall(b"x" * 10_000)
            received = b""
            while data := connection.recv(65_536):
                received += data
        assert b" 415 " in received.splitlines()[0]
        assert received.endswith(b"}}\n")


@pytest.mark.parametrize("unread", ENDINGS.values(), ids=ENDINGS)
def test_what_is_left_of_a_refused_body_is_not_read_without_end(server, unread):
    with server.connect(unread + b"Content-Length: 1000000000\r\n\r\n") as connection:
        n_sent, block = 0, b"x" * 1_000_000
        with suppress(OSError):
            while n_sent < 1_000_000_000:
                n_sent += connection.send(block)
        # What the server and the sockets' buffers have taken; reading without end took hundreds of megabytes.
        assert n_sent < 30_000_000
        with suppress(OSError):
            assert b" 415 " in connection.recv(65_536).splitlines()[0]
    assert server.request("GET", "/health")[0] == 200


def test_a_refused_body_that_is_small_leaves_the_connection_as_it_is(server):
    refused = UNREAD + b"Content-Length: 30000\r\n\r\n" + b"x" * 30_000
    received = server.exchange(refused + UNREAD + b"Content-Length: 0\r\n\r\n" + GET + b"\r\n")
    assert [received.count(b"HTTP/1.1 %d " % status) for status in (415, 200)] == [2, 1]


def test_a_form_that_comes_drop_by_drop_is_cut_off_long_before_the_time_of_a_request(server):
    head = b"POST /login HTTP/1.1\r\n" + HOST + b"Content-Type: application/x-www-form-urlencoded\r\n"
    started, received = time.perf_counter(), b""
    with server.connect(head + b"Content-Length: 5000\r\n\r\n", timeout_s=0.2) as connection:
        while b'"code":"request_timeout"' not in received:
            assert time.perf_counter() - started < FORM_TIMEOUT_S + 4, f"the server never gives up: {received!r}"
            if not received:
                connection.send(b"a")
            with suppress(TimeoutError):
                received += connection.recv(65_536)
    assert received.startswith(b"HTTP/1.1 503 ")
    assert time.perf_counter() - started > FORM_TIMEOUT_S - 0.5


def test_a_client_that_sends_many_requests_at_once_is_not_answered_before_all_others(server):
    asked = b"GET /version HTTP/1.1\r\n" + HOST
    many = (asked + b"\r\n") * 2_000 + asked + b"Connection: close\r\n\r\n"
    ended_s = []

    def hear_out() -> None:
        while busy.recv(1_000_000):
            pass
        ended_s.append(time.perf_counter())

    with server.connect(many, timeout_s=30) as busy:
        hearing = threading.Thread(target=hear_out)
        hearing.start()
        started_s = time.perf_counter()
        with server.connect(GET + b"\r\n", timeout_s=30) as other:
            assert other.recv(65_536).startswith(b"HTTP/1.1 200 ")
        answered_s = time.perf_counter()
        hearing.join()
    assert answered_s - started_s < (ended_s[0] - started_s) / 2
