"""Faults of a real server on loopback, and what is made of them."""

from __future__ import annotations

import io
import logging
import socket
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import format_datetime
from urllib.request import Request

import pytest

from regression_model.errors import DownloadError
from regression_model.processing.datasets.transfer import _HttpOnlyRedirects, check_url, transfer

CONTENT = b"area,price\n100,200000\n" * 20_000  # several chunks


def fetch(url, settings, progress=None):
    stream = io.BytesIO()
    n_bytes = transfer(url, stream, settings, progress)
    assert n_bytes == len(stream.getvalue())
    return stream.getvalue()


def test_brings_the_body_and_reports_progress(server, settings):
    url = server.script("/t.csv", server.body(CONTENT))
    reports = []

    assert fetch(url, settings, lambda done, total: reports.append((done, total))) == CONTENT

    done = [done for done, _ in reports]
    assert done == sorted(done)
    assert len(done) > 1
    assert reports[-1] == (len(CONTENT), len(CONTENT))


def test_progress_knows_no_total_if_the_server_names_none(server, settings):
    url = server.script("/t.csv", server.without_length(CONTENT))
    reports = []

    assert fetch(url, settings, lambda done, total: reports.append((done, total))) == CONTENT

    assert {total for _, total in reports} == {None}


def test_reads_a_chunked_body(server, settings):
    url = server.script("/t.csv", server.chunked(b"a,b\n", b"1,2\n"))

    assert fetch(url, settings) == b"a,b\n1,2\n"


FAULTS = {
    "500": lambda server: server.status(500),
    "503": lambda server: server.status(503),
    "429": lambda server: server.status(429),
    "408": lambda server: server.status(408),
    "reset at once": lambda server: server.reset(),
    "reset in the body": lambda server: server.reset(b"x" * 1000),
    "cut short": lambda server: server.cut(b"x" * 1000),
    "cut chunks": lambda server: server.chunked(b"x" * 1000, complete=False),
    "no answer": lambda server: server.silent(),
    "silence in the body": lambda server: server.silent(b"x" * 1000, announced=2000),
    "not HTTP": lambda _: lambda handler: handler.wfile.write(b"hello\r\n\r\n"),
}


def limits(settings, fault):
    """Wait out a silence for half a second only; a slow answer gets more elsewhere."""
    return replace(settings, timeout_s=0.5) if fault in {"no answer", "silence in the body"} else settings


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_passes_is_tried_again(server, settings, waits, fault):
    url = server.script("/t.csv", FAULTS[fault](server), server.body(b"right"))

    assert fetch(url, limits(settings, fault)) == b"right"

    assert len(server.requests["/t.csv"]) == 2
    assert waits == [0.5]


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("500", "HTTP 500"),
        ("reset at once", "no (connection|answer)"),
        ("reset in the body", "broke off"),
        ("cut short", "cut short: 1000 of 1010 bytes came"),
        ("cut chunks", "broke off"),
        ("silence in the body", "timed out"),
    ],
)
def test_a_fault_that_stays_is_said(server, settings, waits, fault, message):
    url = server.script("/t.csv", FAULTS[fault](server))

    with pytest.raises(DownloadError, match=rf"/t\.csv: .*{message}.*attempt 3 of 3"):
        fetch(url, limits(settings, fault))

    assert len(server.requests["/t.csv"]) == 3
    assert waits == [0.5, 1.0]


def test_waits_double_up_to_the_limit(server, settings, waits):
    url = server.script("/t.csv", server.status(500))

    with pytest.raises(DownloadError, match="attempt 6 of 6"):
        fetch(url, replace(settings, n_attempts=6, max_wait_s=3.0))

    assert waits == [0.5, 1.0, 2.0, 3.0, 3.0]


@pytest.mark.parametrize(
    ("retry_after", "expected"),
    [("7", 7.0), ("100000", 30.0), ("soon", 0.5), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0)],
)
def test_honours_retry_after_up_to_the_limit(server, settings, waits, retry_after, expected):
    url = server.script("/t.csv", server.status(429, Retry_After=retry_after), server.body(b"right"))

    assert fetch(url, settings) == b"right"

    assert waits == [expected]


def test_honours_retry_after_as_a_date(server, settings, waits):
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    url = server.script("/t.csv", server.status(503, Retry_After=date), server.body(b"right"))

    fetch(url, settings)

    # HTTP dates have whole seconds; two more are for a slow machine.
    assert 17 <= waits[0] <= 20


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410, 412])
def test_other_client_errors_are_not_tried_again(server, settings, waits, code):
    url = server.script("/t.csv", server.status(code))

    with pytest.raises(DownloadError, match=rf"/t\.csv: HTTP {code}"):
        fetch(url, settings)

    assert len(server.requests["/t.csv"]) == 1
    assert waits == []


def test_nobody_listens(settings, waits):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    with pytest.raises(DownloadError, match=r"no connection: .*attempt 3 of 3"):
        fetch(f"http://127.0.0.1:{port}/t.csv", settings)

    assert len(waits) == 2


def test_a_server_that_drips_is_given_up(server, settings):
    url = server.script("/t.csv", server.dripping())

    with pytest.raises(DownloadError, match=r"not complete after 0\.2 s"):
        fetch(url, replace(settings, n_attempts=1, attempt_limit_s=0.2))


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_over_the_limit_is_refused_once(server, settings, announced):
    url = server.script("/t.csv", server.body(b"x" * 2000) if announced else server.endless())

    with pytest.raises(DownloadError, match="the limit is 1000 bytes"):
        fetch(url, replace(settings, max_bytes=1000))

    assert len(server.requests["/t.csv"]) == 1


def test_a_body_of_just_the_limit_is_taken(server, settings):
    url = server.script("/t.csv", server.body(b"x" * 1000))

    assert fetch(url, replace(settings, max_bytes=1000)) == b"x" * 1000


def test_the_body_ends_where_it_was_announced_to(server, settings):
    url = server.script("/t.csv", server.body(b"right and more", Content_Length="5"))

    assert fetch(url, settings) == b"right"


def test_follows_redirects(server, settings):
    server.script("/moved.csv", server.body(b"right"))
    url = server.script("/t.csv", server.status(302, Location=f"{server.url}/moved.csv"))

    assert fetch(url, settings) == b"right"


@pytest.mark.parametrize(
    "location", ["file:///etc/hostname", "ftp://127.0.0.1/t.csv", "data:text/plain,a", "gopher://127.0.0.1/"]
)
def test_redirects_to_other_schemes_are_refused(server, settings, waits, location):
    url = server.script("/t.csv", server.status(302, Location=location))

    with pytest.raises(DownloadError, match=r"redirect|HTTP 302"):
        fetch(url, settings)

    assert waits == []


def test_redirects_from_https_down_to_http_are_refused():
    # A TLS server would need a key in the repository; the handler is asked directly.
    opened = io.BytesIO()

    with pytest.raises(DownloadError, match="a redirect from https to http was refused"):
        _HttpOnlyRedirects().redirect_request(
            Request("https://host/t.csv"), opened, 302, "Found", Message(), "http://host/t.csv"
        )

    assert opened.closed


def test_a_redirect_in_a_circle_ends(server, settings):
    url = server.script("/t.csv", server.status(302, Location=f"{server.url}/t.csv"))

    with pytest.raises(DownloadError, match="HTTP 302"):
        fetch(url, settings)


def test_a_certificate_that_nobody_signed_is_refused_at_once(settings, waits, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise ssl.SSLCertVerificationError("self-signed certificate")

    # A TLS server would need a key in the repository; the error is the real one.
    monkeypatch.setattr(socket, "create_connection", refuse)

    with pytest.raises(DownloadError, match="certificate can't be verified"):
        fetch("https://127.0.0.1:1/t.csv", settings)

    assert waits == []


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://host/t.csv", "t.csv", "http:///t.csv", ""])
def test_only_http_urls(url, settings):
    with pytest.raises(DownloadError, match="expected an http or https URL"):
        fetch(url, settings)


def test_a_url_with_a_password_is_refused_and_not_repeated():
    with pytest.raises(DownloadError, match="credentials") as caught:
        check_url("https://user:s3cret@host/t.csv")

    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("ftp://me:hush@host/t.csv", "found 'ftp://…@host/t.csv'"),
        ("https://me:hu/sh@host/t.csv", "found 'https://…'"),
        ("https://[::1?hush", "found 'https://…'"),
        ("https://host/t.csv?token=hu sh", r"'https://host/t.csv\?…': a space or a control character"),
        ("https://host/t.csv?…", "not recorded; give the table as a file"),
    ],
)
def test_no_secret_of_a_url_that_is_refused_is_repeated(url, message, settings, waits):
    with pytest.raises(DownloadError, match=message) as caught:
        fetch(url, settings)

    assert "hu" not in str(caught.value)
    assert waits == []


@pytest.mark.parametrize("fault", ["status(404)", "status(503)", "too large", "no server"])
def test_no_query_is_in_a_message_or_log(fault, server, settings, caplog):
    caplog.set_level(logging.DEBUG)
    step = server.status(int(fault[7:10])) if fault.startswith("status") else server.body(b"x" * 20)
    url = server.script("/t.csv?token=hush", step)
    if fault == "no server":
        url = "http://127.0.0.1:1/t.csv?token=hush"

    with pytest.raises(DownloadError, match=r"/t\.csv\?…: ") as caught:
        fetch(url, replace(settings, max_bytes=10))

    assert "hush" not in str(caught.value) + caplog.text


def test_at_least_one_attempt(settings):
    with pytest.raises(DownloadError, match="n_attempts must be at least 1"):
        fetch("http://127.0.0.1/t.csv", replace(settings, n_attempts=0))
