"""Keeps the forms of pages small: whoever can send one, also without a key, sends little and without delay."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING
from urllib.parse import parse_qsl

from flask import Request, current_app
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.formparser import FormDataParser

from ml_api.blueprints.access import LOGIN, LOGOUT
from ml_api.blueprints.pages import FORM
from ml_api.errors import BodyTooLargeError, RequestTimeoutError
from ml_api.services.offload import is_cooperative

if TYPE_CHECKING:
    Form = tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]

SIGN_IN_BYTES = 8_192  # a key, a token and a path
PAGE_BYTES = 131_072
FORM_TIMEOUT_S = 5.0


class SmallFormRequest(Request):
    """A request whose form is small. Forms are URL-encoded: of any other body, none is read, nor the body."""

    def make_form_data_parser(self) -> FormDataParser:
        """Build what reads the form, and have the body limited to what it takes."""
        is_sign_in = self.url_rule is not None and self.url_rule.rule in (LOGIN, LOGOUT)
        max_bytes = min(SIGN_IN_BYTES if is_sign_in else PAGE_BYTES, current_app.config["MAX_CONTENT_LENGTH"])
        # One more than allowed: of a chunked body, Werkzeug leaves out what is beyond this, without an error.
        self.max_content_length = max_bytes + 1
        return SmallFormParser(max_bytes=max_bytes, max_fields=current_app.config["MAX_FORM_PARTS"])


class SmallFormParser(FormDataParser):
    """Reads a form.

    Parameters
    ----------
    max_bytes, max_fields : int
        The most allowed.

    Raises
    ------
    BodyTooLargeError
        If it has more.
    RequestTimeoutError
        If it takes longer than `FORM_TIMEOUT_S` to come.
    """

    def __init__(self, *, max_bytes: int, max_fields: int) -> None:
        super().__init__()
        self._max_bytes = max_bytes
        self._max_fields = max_fields

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> Form:
        """Read the form in a body."""
        if mimetype != FORM:
            return stream, self.cls(), self.cls()
        with _give_up_after(FORM_TIMEOUT_S):
            body = stream.read()
        if len(body) > self._max_bytes:
            message = f"The form is larger than {self._max_bytes} bytes."
            raise BodyTooLargeError(message, details={"max_body_bytes": self._max_bytes})
        if body.count(b"&") >= self._max_fields:  # before the time is spent to take it apart
            message = f"The form has more than {self._max_fields} fields."
            raise BodyTooLargeError(message, details={"max_form_parts": self._max_fields})
        # Werkzeug would keep what is no UTF-8, at a hundred times the cost.
        fields = parse_qsl(body.decode(errors="replace"), keep_blank_values=True, errors="replace")
        return stream, self.cls(fields), self.cls()


@contextmanager
def _give_up_after(timeout_s: float) -> Iterator[None]:
    if not is_cooperative():
        yield
        return
    from gevent import Timeout

    with Timeout(timeout_s, RequestTimeoutError(f"The form took longer than {timeout_s:g} seconds to come.")):
        yield
