"""gunicorn's gevent worker, with the API's own voice.

What never reaches the application, because it is no HTTP or too much of it, is answered by the server: here in
the one shape that all errors have, without repeating what was sent and without naming the server's software.
"""

from __future__ import annotations

import json
import uuid
from contextlib import suppress
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import gevent
from gunicorn import util
from gunicorn.http import errors as http_errors
from gunicorn.http import wsgi
from gunicorn.http.body import LengthReader
from gunicorn.workers.ggevent import GeventWorker

from ml_api.errors import DocumentError, RequestTimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from socket import socket

SERVER = "ml-api"

# What else gunicorn refuses while it reads a request is a bad request.
_STATUSES: Mapping[type[Exception], HTTPStatus] = MappingProxyType(
    {
        http_errors.LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
        http_errors.LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        http_errors.UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
        http_errors.ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
        http_errors.ForbiddenProxyRequest: HTTPStatus.FORBIDDEN,
        RequestTimeoutError: HTTPStatus.SERVICE_UNAVAILABLE,
    }
)
_OURS = (http_errors.ConfigurationProblem, http_errors.InvalidResponseHeader, http_errors.InvalidResponseHeaderName)
_MESSAGES: Mapping[HTTPStatus, str] = MappingProxyType(
    {
        HTTPStatus.BAD_REQUEST: "This is no HTTP/1.1 request that the server could read.",
        HTTPStatus.REQUEST_URI_TOO_LONG: "The first line of the request is too long.",
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "The request has too many headers, or one that is too long.",
        HTTPStatus.NOT_IMPLEMENTED: "The request uses a transfer coding other than chunked.",
        HTTPStatus.EXPECTATION_FAILED: "The request expects what the server does not do.",
        HTTPStatus.SERVICE_UNAVAILABLE: "The request took too long.",
        HTTPStatus.INTERNAL_SERVER_ERROR: "The server failed. Its log says why, under the request id.",
    }
)

_DISCARDED_READS = 4  # of 16 KiB each
_LINGER_S = 1.0
_LINGER_READS = 64


class Worker(GeventWorker):  # type: ignore[misc]  # gunicorn has no types
    """Answers its clients in one thread, each connection in a greenlet."""

    wsgi: Any

    def init_process(self) -> None:
        """Begin, in the process that answers; gevent patches the standard library before the application is loaded."""
        wsgi.SERVER = SERVER
        wsgi.Response = Response
        super().init_process()

    def load_wsgi(self) -> None:
        """Load the application; what is wrong with a body on its way in becomes an error that it knows."""
        super().load_wsgi()
        Response.trust_common_headers()
        application: Callable[..., Iterable[bytes]] = self.wsgi

        def call(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            environ["wsgi.input"] = BodyStream(environ["wsgi.input"])
            return application(environ, start_response)

        self.wsgi = call

    def handle_request(self, listener_name: Any, req: Any, sock: socket, addr: Any) -> None:  # noqa: ANN401
        """Answer a request, and end the connection if much of its body was left unread: early refusals leave all."""
        try:
            super().handle_request(listener_name, req, sock, addr)
        except StopIteration:  # the connection ends anyway, as with HTTP/1.0
            with suppress(OSError):  # it may have ended already
                if not _discard(req.body):
                    _linger(sock)
            raise
        if not _discard(req.body):
            _linger(sock)
            raise StopIteration
        # A client whose next request is there already would be answered again and again, and others would wait.
        gevent.sleep(0)

    def handle_error(self, req: Any, client: socket, addr: Any, exc: BaseException) -> None:  # noqa: ANN401
        """Answer what broke off before or outside the application, and end the connection."""
        if isinstance(exc, gevent.GreenletExit):  # the worker stops and waits no longer; part of an answer may be sent
            self.log.info("a request was cut off, since the worker stops")
            return
        request_id = uuid.uuid4().hex
        status = _find_status(exc)
        if status == HTTPStatus.INTERNAL_SERVER_ERROR:
            self.log.error("request %s failed outside the application", request_id, exc_info=exc)
        else:
            self.log.info("request %s refused with %d: %s", request_id, status, type(exc).__name__)
        try:
            util.write_nonblock(client, build_error(status, request_id))
            _linger(client)
        except OSError:
            self.log.debug("the client of request %s is gone", request_id)


class Response(wsgi.Response):  # type: ignore[misc]  # gunicorn has no types
    """Writes an answer; headers that nearly all answers have were checked before, once."""

    _trusted: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def trust_common_headers(cls) -> None:
        """Check the headers that the application has for all answers; it is loaded by now."""
        from ml_api.app.headers import COMMON_HEADERS

        checked = wsgi.Response.__new__(wsgi.Response)
        checked.headers = []
        checked.process_headers(COMMON_HEADERS)
        cls._trusted = frozenset(checked.headers) & frozenset(COMMON_HEADERS)

    def process_headers(self, headers: list[tuple[str, str]]) -> None:
        """Take headers; whatever is unknown, or would change the way in which the answer is sent, as gunicorn does."""
        trusted = self._trusted
        super().process_headers([header for header in headers if header not in trusted])
        self.headers += [header for header in headers if header in trusted]


class BodyStream:
    """The body of a request as gunicorn reads it, with errors of ours.

    Parameters
    ----------
    body : file-like
        What a WSGI server offers as ``wsgi.input``.
    """

    def __init__(self, body: Any) -> None:  # noqa: ANN401 - gunicorn's classes have no types
        self._body = body

    def read(self, size: int | None = None) -> bytes:
        """Read at most so many bytes."""
        data: bytes = self._call(self._body.read, size)
        return data

    def readline(self, size: int | None = None) -> bytes:
        """Read a line of at most so many bytes."""
        data: bytes = self._call(self._body.readline, size)
        return data

    def readlines(self, hint: int | None = None) -> list[bytes]:
        """Read all lines."""
        lines: list[bytes] = self._call(self._body.readlines, hint)
        return lines

    def __iter__(self) -> Iterator[bytes]:
        """Read line by line."""
        return iter(self.readline, b"")

    def _call(self, read: Callable[[int | None], Any], size: int | None) -> Any:  # noqa: ANN401
        try:
            return read(size)
        except http_errors.ParseException as error:
            raise DocumentError("The body breaks the rules of chunked transfer coding.") from error


def _find_status(error: BaseException) -> HTTPStatus:
    if isinstance(error, _OURS):
        return HTTPStatus.INTERNAL_SERVER_ERROR
    for kind, status in _STATUSES.items():
        if isinstance(error, kind):
            return status
    is_misread = isinstance(error, http_errors.ParseException)
    return HTTPStatus.BAD_REQUEST if is_misread else HTTPStatus.INTERNAL_SERVER_ERROR


def build_error(status: HTTPStatus, request_id: str) -> bytes:
    """Build a whole answer, in the shape of `ml_api.app.errors`.

    Parameters
    ----------
    status : HTTPStatus
        Its code.
    request_id : str
        Under which the log has more.

    Returns
    -------
    bytes
        Head and body; the connection ends with it.
    """
    # Not at the top: it brings the application, which must wait until gevent has patched the standard library.
    from ml_api.app.errors import HTTP_CODES

    code = HTTP_CODES.get(status, "http_error")
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        code = RequestTimeoutError.code
    error = {"code": code, "message": _MESSAGES.get(status, status.phrase), "details": {}, "request_id": request_id}
    body = json.dumps({"error": error}).encode("ascii")
    head = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        f"Server: {SERVER}",
        f"Date: {util.http_date()}",
        "Connection: close",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
        f"X-Request-ID: {request_id}",
    ]
    return "\r\n".join([*head, "", ""]).encode("ascii") + body


def _discard(body: Any) -> bool:  # noqa: ANN401 - gunicorn's classes have no types
    """Throw away what is left of a body; False if it is too much, takes too long or can't be read."""
    if isinstance(body.reader, LengthReader) and not body.reader.length:
        return True  # nothing is left, as nearly always
    with gevent.Timeout(_LINGER_S, False):
        try:
            return any(not body.read(16_384) for _ in range(_DISCARDED_READS))
        except http_errors.ParseException:
            return False
    return False


def _linger(client: socket) -> None:
    """Hear the client out for a moment: closing on unread bytes would take the answer away from it."""
    import socket as sockets

    client.setblocking(True)
    with gevent.Timeout(_LINGER_S, False):
        client.shutdown(sockets.SHUT_WR)
        for _ in range(_LINGER_READS):
            if not client.recv(65_536):
                return
