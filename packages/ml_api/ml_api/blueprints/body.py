"""Takes the body of a request off the wire, within limits."""

from __future__ import annotations

from flask import Request

from ml_api.errors import BodyTooLargeError, ContentTypeError, DocumentError

JSON = "application/json"


def read_json_body(request: Request, *, max_body_bytes: int) -> bytes:
    """Read the whole body of a request that says that it is JSON.

    Parameters
    ----------
    request : Request
        The request; its body has not been read.
    max_body_bytes : int
        The most bytes allowed, whether the client announced their number or not.

    Returns
    -------
    bytes
        At most `max_body_bytes` of them.

    Raises
    ------
    ContentTypeError
        If the body is of another type, or is compressed.
    BodyTooLargeError
        If it has too many bytes.
    DocumentError
        If the connection broke off before its end.
    """
    _check_type(request)
    # Twice the limit, not the limit, for two reasons. Werkzeug cuts a chunked body off at its limit without
    # an error. And a client whose body goes unread may see its connection reset instead of our answer, so we
    # hear out those that overshoot a little.
    request.max_content_length = 2 * max_body_bytes + 1
    body = request.get_data(cache=False)
    if len(body) > max_body_bytes:
        raise BodyTooLargeError(
            f"The body is larger than {max_body_bytes} bytes. Send fewer rows in one request.",
            details={"max_body_bytes": max_body_bytes},
        )
    # gunicorn ends the stream where the client hung up, without an error.
    if request.content_length is not None and len(body) < request.content_length:
        raise DocumentError(f"The body ended after {len(body)} of {request.content_length} bytes.")
    return body


def _check_type(request: Request) -> None:
    if request.mimetype != JSON:
        raise ContentTypeError(
            f"The body must be {JSON}; set the header Content-Type to that.", details={"allowed": [JSON]}
        )
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise ContentTypeError("The body must not be compressed.", details={"allowed": [JSON]})
