"""Takes the body of a request off the wire, within limits."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import TypeVar

from flask import Request
from werkzeug.exceptions import ClientDisconnected

from ml_api.errors import BodyTooLargeError, ContentTypeError, DocumentError
from ml_api.services.offload import Turn, run_in_threadpool

T = TypeVar("T")

JSON = "application/json"
CSV = "text/csv"
JSON_LINES = "application/x-ndjson"

# From here on, a body may take so long to parse, and its rows to predict, that others should be answered meanwhile.
LONG_BODY_BYTES = 100_000
# The same of JSON that holds rows and nothing odd.
LONG_FLAT_BYTES = 1_500_000
LONG_PACKED_BYTES = 2_000

_UNLIMITED = 1 << 62
_BLOCK_BYTES = 65_536
_CHUNKED_BLOCK_BYTES = 4_096  # which may be as many chunks, at some microseconds each
_GZIP_WINDOW = 16 + zlib.MAX_WBITS  # zlib's code for a gzip header and its largest window


def check_type(request: Request, allowed: Sequence[str]) -> str:
    """Find out of which type a body is.

    Parameters
    ----------
    request : Request
    allowed : sequence of str
        The media types that are taken.

    Returns
    -------
    str
        One of `allowed`.

    Raises
    ------
    ContentTypeError
        If it is of another, or of none.
    """
    if request.mimetype not in allowed:
        raise ContentTypeError(
            f"The body must be {' or '.join(allowed)}; set the header Content-Type to that.",
            details={"allowed": list(allowed)},
        )
    return request.mimetype


def read_body(request: Request, *, max_body_bytes: int, accept_gzip: bool) -> bytes:
    """Read the whole body of a request.

    Parameters
    ----------
    request : Request
        The request; its body has not been read.
    max_body_bytes : int
        The most bytes allowed, whether the client announced their number or not, packed and unpacked.
    accept_gzip : bool
        Whether it may be packed.

    Returns
    -------
    bytes
        At most `max_body_bytes` of them.

    Raises
    ------
    ContentTypeError
        If it is compressed in a way that is not taken.
    BodyTooLargeError
        If it has too many bytes.
    DocumentError
        If the connection broke off before its end, or it can't be unpacked.
    """
    is_packed = _check_encoding(request, accept_gzip=accept_gzip)
    # Twice the limit, not the limit, for two reasons. Werkzeug cuts a chunked body off at its limit without
    # an error. And a client whose body goes unread may see its connection reset instead of our answer, so we
    # hear out those that overshoot a little.
    request.max_content_length = 2 * max_body_bytes + 1
    body = _read_all(request)
    _check_size(body, max_body_bytes)
    # gunicorn ends the stream where the client hung up, without an error.
    if request.content_length is not None and len(body) < request.content_length:
        raise DocumentError(f"The body ended after {len(body)} of {request.content_length} bytes.")
    if not is_packed:
        return body
    if len(body) > LONG_PACKED_BYTES:  # what grows to the limit takes as long as a hundred requests
        return run_in_threadpool(_unpack, body, max_body_bytes)
    return _unpack(body, max_body_bytes)


def parse_body(body: bytes, parse: Callable[[bytes], T]) -> T:
    """Call what parses a body, in another thread if the body is long; it must know nothing of the request."""
    return run_in_threadpool(parse, body) if len(body) > LONG_BODY_BYTES else parse(body)


def _read_all(request: Request) -> bytes:
    """Read block by block: a body that is all there, in chunks of a byte, would be unpacked without a pause."""
    n_bytes = request.content_length
    if n_bytes is not None and n_bytes <= _BLOCK_BYTES and request.environ.get("wsgi.input_terminated"):
        # The server ends the stream where the body ends: Werkzeug's own stream would count the bytes again.
        return request.environ["wsgi.input"].read(n_bytes)  # type: ignore[no-any-return]  # WSGI has no types
    stream = request.stream
    body, turn = bytearray(), Turn()
    block_bytes = _CHUNKED_BLOCK_BYTES if n_bytes is None else _BLOCK_BYTES
    while block := stream.read(block_bytes):
        body += block
        turn.give_way()
    return bytes(body)


class BodyStream:
    """Reads a body that is too long to be held at once; who reads it limits its rows and lines.

    Parameters
    ----------
    request : Request
        The request; its body has not been read.

    Attributes
    ----------
    has_ended : bool
        Whether the body has been read to its end, or will give no more.

    Raises
    ------
    ContentTypeError
        If the body is compressed: streams never may be.
    """

    def __init__(self, request: Request) -> None:
        _check_encoding(request, accept_gzip=False)
        request.max_content_length = _UNLIMITED
        self._stream = request.stream
        self._n_announced = request.content_length
        self._n_received = 0
        self._turn = Turn()
        self.has_ended = False

    def read(self, size: int) -> bytes:
        """Return at most `size` of the next bytes, none at the end.

        Raises
        ------
        DocumentError
            If the connection broke off.
        """
        try:
            block: bytes = self._stream.read(size)
        except (ClientDisconnected, OSError):
            block, is_broken = b"", True
        else:
            self._n_received += len(block)
            self._turn.give_way()  # where bytes arrive faster than they are read, nobody ever waits for them
            is_broken = not block and self._n_announced is not None and self._n_received < self._n_announced
        self.has_ended = not block or self._n_received == self._n_announced
        if is_broken:
            raise DocumentError(f"The body ended after {self._n_received} bytes, before its end.")
        return block


def _check_encoding(request: Request, *, accept_gzip: bool) -> bool:
    """Say whether the body is packed."""
    encoding: str = request.environ.get("HTTP_CONTENT_ENCODING", "identity").strip().lower()
    allowed = ["identity", "gzip"] if accept_gzip else ["identity"]
    if encoding not in allowed:
        remedy = "must be compressed with gzip or not at all" if accept_gzip else "must not be compressed"
        raise ContentTypeError(f"The body {remedy}.", details={"allowed_encodings": allowed})
    return encoding == "gzip"


def _unpack(body: bytes, max_body_bytes: int) -> bytes:
    """Unpack one gzip member, and stop where it grows too large: a bomb never unfolds."""
    unpacker = zlib.decompressobj(_GZIP_WINDOW)
    try:
        content = unpacker.decompress(body, max_body_bytes + 1)
    except zlib.error:
        raise DocumentError("The body is not compressed with gzip, although its header says so.") from None
    _check_size(content, max_body_bytes)
    if not unpacker.eof or unpacker.unused_data:
        raise DocumentError("The compressed body is cut short, or something follows it.")
    return content


def _check_size(body: bytes, max_body_bytes: int) -> None:
    if len(body) > max_body_bytes:
        raise BodyTooLargeError(
            f"The body is larger than {max_body_bytes} bytes. Send fewer rows in one request, or a stream of lines.",
            details={"max_body_bytes": max_body_bytes},
        )
