"""What came true: outcomes for rows that were predicted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from ml_api.errors import DocumentError, FeedbackError, TooManyRowsError

MAX_ROW = 1_000_000_000
MAX_LABEL_LENGTH = 200
PREDICTION_ID = "^[0-9a-f]{32}$"

EXPECTED: Mapping[str, str] = MappingProxyType(
    {
        "prediction_id": "the `prediction_id` of an answer: 32 hexadecimal digits",
        "row": f"the number of a row in that request: a whole number from 0 to {MAX_ROW}",
    }
)
_NUMBER = "a number, since the model predicts numbers"
_UNKNOWN_TASK = f"a number, or a label of at most {MAX_LABEL_LENGTH} characters"


class FeedbackItem(Schema):
    """The outcome of one row; what an outcome may be depends on the model."""

    prediction_id = fields.String(required=True, validate=validate.Regexp(r"[0-9a-f]{32}\Z"))
    row = fields.Integer(strict=True, load_default=0, validate=validate.Range(min=0, max=MAX_ROW))
    outcome = fields.Raw(required=True)


class FeedbackAnswer(Schema):
    """How many outcomes will be kept: all that were sent."""

    accepted = fields.Integer(required=True)
    request_id = fields.String(required=True)


def read_feedback(document: object, *, classes: Collection[str] | None, is_known: bool, max_items: int) -> list[Any]:
    """Read one outcome, or a list of them: all are good, or none is taken.

    Parameters
    ----------
    document : object
        As it was sent.
    classes : collection of str or None
        Labels of the model; None if it predicts numbers.
    is_known : bool
        Whether there is a model at all. Without one, an outcome may be a number or any short text.
    max_items : int

    Returns
    -------
    list of dict
        Each with ``prediction_id``, ``row`` and ``outcome``.

    Raises
    ------
    DocumentError
        If the document is neither an object nor a list with something in it.
    TooManyRowsError
        If the list is too long.
    FeedbackError
        If an item can't be used. The details name field, reason and what was expected, not what was sent.
    """
    items = document if isinstance(document, list) else [document]
    if not items or not isinstance(document, dict | list):
        raise DocumentError('The body must be {"prediction_id": ..., "outcome": ...}, or a list of such objects.')
    if len(items) > max_items:
        raise TooManyRowsError(
            f"The body holds {len(items)} outcomes; at most {max_items} are allowed in one request. Send fewer.",
            details={"rows": len(items), "max_rows": max_items},
        )
    schema = FeedbackItem()
    read, errors = [], {}
    for index, item in enumerate(items):
        try:
            read.append(_read_item(schema, item, classes=classes, is_known=is_known))
        except ValidationError as error:
            errors[str(index)] = _describe(error, item, _describe_outcome(classes, is_known))
    if errors:
        raise FeedbackError(
            f"{len(errors)} of {len(items)} outcomes can't be used, so none was kept. The details say why.",
            details={"errors": errors},
        )
    return read


def _read_item(schema: Schema, item: object, *, classes: Collection[str] | None, is_known: bool) -> dict[str, Any]:
    if not isinstance(item, Mapping):
        raise ValidationError({"_schema": ["no object"]})
    loaded: dict[str, Any] = schema.load(item)
    outcome = loaded["outcome"]
    is_number = isinstance(outcome, int | float) and not isinstance(outcome, bool)
    is_text = isinstance(outcome, str) and len(outcome) <= MAX_LABEL_LENGTH
    is_label = isinstance(outcome, str) and classes is not None and outcome in classes
    if is_known and not (is_number if classes is None else is_label):
        raise ValidationError({"outcome": ["not what the model predicts"]})
    if not (is_number or is_text or is_label):
        raise ValidationError({"outcome": ["neither a number nor a label"]})
    return loaded


def _describe_outcome(classes: Collection[str] | None, is_known: bool) -> str:
    if not is_known:
        return _UNKNOWN_TASK
    return _NUMBER if classes is None else f"one of {', '.join(classes)}"


def _describe(error: ValidationError, item: object, outcome: str) -> list[dict[str, object]]:
    """Describe errors as those of rows are: ``field``, ``reason``, ``message``, ``expected``."""
    messages = error.messages
    if not isinstance(messages, dict) or not isinstance(item, Mapping):
        return [_build(None, "not_an_object", "an object with `prediction_id` and `outcome`")]
    expected = {**EXPECTED, "outcome": outcome}
    return [
        _build(name, "wrong_value" if name in item else "missing_value", expected[name])
        if name in expected
        else _build(str(name), "unknown_field", "`prediction_id`, `outcome` and `row` only")
        for name in messages
    ]


def _build(field: str | None, reason: str, expected: str) -> dict[str, object]:
    subject = "Each outcome" if field is None else f"{field[:80]!r}"
    message = f"{subject} is no field of an outcome" if reason == "unknown_field" else f"{subject} has to be {expected}"
    return {"field": field, "reason": reason, "message": message, "expected": expected}
