"""Every error that the API raises on purpose.

::

    ApiError
    ├── SettingsError              the environment can't be used
    │   └── KeysFileError            nor can the file that it names for the keys
    ├── KeyChangeError             a key can't be made or changed as asked
    ├── ModelNotReadyError         there is no model to predict with
    ├── InsightsError              the prediction log can't be evaluated
    ├── FeedbackOffError           outcomes are not kept here
    ├── FeedbackBusyError          outcomes can't be kept at the moment
    ├── PredictionProcessError     the process that predicts did not finish
    ├── RequestTimeoutError        a request has used up its time
    └── RequestError               what the client sent can't be used
        ├── UnauthorizedError        it has no key that is good
        ├── ForbiddenError           its key does not allow it
        ├── CsrfError                it may be the doing of another site
        ├── TooManyRequestsError     there were too many of them
        ├── ContentTypeError         its body is of a type that is not taken
        ├── NotAcceptableError       it wants an answer of a type that there is not
        ├── ParameterError           something in its query is wrong
        ├── BodyTooLargeError        it has too many bytes
        ├── DocumentError            it can't be read as rows
        ├── FeedbackError            it tells no outcomes
        ├── TooManyRowsError         it has too many rows
        ├── TooManyColumnsError      one of its rows has too many columns
        ├── TextTooLongError         one of its rows has too long a text
        ├── TooManyMeasurementsError its series have too many measurements
        ├── NotExplainableError      it asks for explanations of a model that has none
        └── NoValidRowsError         none of its rows can be predicted

They know nothing of HTTP: `ml_api.app.errors` gives each its status. A row that fails validation beside rows
that don't is no error: it is part of the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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


class KeysFileError(SettingsError):
    """The file of the keys is missing, may be used by others, or holds something else."""

    code = "bad_keys_file"


class KeyChangeError(ApiError):
    """A key can't be made or changed as asked."""

    code = "bad_key_change"


class ModelNotReadyError(ApiError):
    """The model is not loaded, so nothing can be predicted."""

    code = "model_not_ready"


class PredictionProcessError(ApiError):
    """The process of its own in which the model predicts took too much memory, died, or does not start again."""

    code = "prediction_process_failed"


class RequestTimeoutError(ApiError):
    """The request took longer than the settings allow: its body came too slowly, or there was too much to do."""

    code = "request_timeout"


class InsightsError(ApiError):
    """Insights can't be had: DuckDB is not installed, there is no log, or it or the model can't be read."""

    code = "insights_unavailable"


class FeedbackOffError(ApiError):
    """Outcomes are not kept, since predictions are not."""

    code = "prediction_log_off"


class FeedbackBusyError(ApiError):
    """Outcomes can't be kept at the moment: sending them again later may help."""

    code = "prediction_log_busy"


class RequestError(ApiError):
    """What the client sent can't be used; sending it again as it is won't help."""

    code = "bad_request"


class UnauthorizedError(RequestError):
    """There is no key, or it is not live."""

    code = "unauthorized"


class ForbiddenError(RequestError):
    """Who asks is known well enough, and may not do this."""

    code = "forbidden"


class CsrfError(RequestError):
    """A change asked for in a session does not come with the session's token: another site may have asked for it."""

    code = "csrf_failed"


class TooManyRequestsError(RequestError):
    """Too many requests; ``details["retry_after_s"]`` is how long to wait."""

    code = "too_many_requests"


class ContentTypeError(RequestError):
    """The body says of itself that it is of a type, or compressed in a way, that is not taken."""

    code = "unsupported_media_type"


class NotAcceptableError(RequestError):
    """The client wants an answer of a type that there is not."""

    code = "not_acceptable"


class ParameterError(RequestError):
    """A parameter of the query is unknown, or has a value that it can't have."""

    code = "invalid_parameter"


class BodyTooLargeError(RequestError):
    """The body has more bytes than the settings allow."""

    code = "content_too_large"


class DocumentError(RequestError):
    """The body can't be read as rows: it is no strict JSON, or no rows are in it."""

    code = "invalid_document"


class FeedbackError(RequestError):
    """Something in a feedback can't be used; the details say what, item by item."""

    code = "invalid_feedback"


class TooManyRowsError(RequestError):
    """The body holds more rows than the settings allow."""

    code = "too_many_rows"


class TooManyColumnsError(RequestError):
    """A row has more columns than the settings allow."""

    code = "too_many_columns"


class TextTooLongError(RequestError):
    """A row has a text, or a column's name, with more characters than the settings allow."""

    code = "text_too_long"


class TooManyMeasurementsError(RequestError):
    """The series of all rows hold, together, more measurements than the settings allow."""

    code = "too_many_measurements"


class NotExplainableError(RequestError):
    """Explanations were asked of a model whose predictions can't be explained."""

    code = "not_explainable"


class NoValidRowsError(RequestError):
    """Not one row could be predicted; the details say why, row by row."""

    code = "no_valid_rows"


@dataclass(frozen=True)
class RefusedRow:
    """A row that is refused before the model sees it; it keeps its place among the others.

    It is no exception, as it is part of an answer.

    Attributes
    ----------
    reason : str
        Code for programs.
    message : str
        For people; never the row, nor a value in it.
    expected : str
        What would have been accepted.
    field : str or None
        Name of the column; None if the row as a whole is wrong.
    """

    reason: str
    message: str
    expected: str
    field: str | None = None

    def to_json(self) -> dict[str, str | None]:
        """Return the form of an error of a row."""
        return {"field": self.field, "reason": self.reason, "message": self.message, "expected": self.expected}
