"""Every error that the API raises on purpose.

::

    ApiError
    ├── SettingsError              the environment can't be used
    ├── ModelNotReadyError         there is no model to predict with
    └── RequestError               what the client sent can't be used
        ├── ContentTypeError         it is no JSON by its own account
        ├── BodyTooLargeError        it has too many bytes
        ├── DocumentError            it can't be read as rows
        ├── TooManyRowsError         it has too many rows
        └── NoValidRowsError         none of its rows can be predicted

They know nothing of HTTP: `ml_api.app.errors` gives each its status. A row that fails validation beside rows
that don't is no error: it is part of the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class ApiError(Exception):
    """Base of all errors that the API raises on purpose.

    Parameters
    ----------
    message : str
        What was expected, what was found and what to do; fit to be shown to a client.
    details : mapping, optional
        More of it, for programs. JSON can hold it.

    Attributes
    ----------
    code : str
        Names the kind of error for programs; part of the API's contract.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, details: Mapping[str, object] | None = None) -> None:
        self.message = message
        self.details: dict[str, object] = dict(details or {})
        super().__init__(message)


class SettingsError(ApiError):
    """The environment holds settings that can't be used; the message names all of them."""

    code = "bad_settings"


class ModelNotReadyError(ApiError):
    """The model is not loaded, so nothing can be predicted."""

    code = "model_not_ready"


class RequestError(ApiError):
    """What the client sent can't be used; sending it again as it is won't help."""

    code = "bad_request"


class ContentTypeError(RequestError):
    """The body says of itself that it is not plain JSON."""

    code = "unsupported_media_type"


class BodyTooLargeError(RequestError):
    """The body has more bytes than the settings allow."""

    code = "content_too_large"


class DocumentError(RequestError):
    """The body can't be read as rows: it is no strict JSON, or no rows are in it."""

    code = "invalid_document"


class TooManyRowsError(RequestError):
    """The body holds more rows than the settings allow."""

    code = "too_many_rows"


class NoValidRowsError(RequestError):
    """Not one row could be predicted; the details say why, row by row."""

    code = "no_valid_rows"
