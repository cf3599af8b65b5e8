"""What came true: outcomes for rows that were predicted."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from marshmallow import Schema, fields

from ml_api.errors import DocumentError, FeedbackError, TooManyRowsError

MAX_ROW = 1_000_000_000
MAX_LABEL_LENGTH = 200
MAX_BAD_ITEMS = 100
"""Outcomes that are described; when so many can't be used, the rest is not looked at."""
PREDICTION_ID = "^[0-9a-f]{32}$"

EXPECTED: Mapping[str, str] = MappingProxyType(
    {
        "prediction_id": "the `prediction_id` of an answer: 32 hexadecimal digits",
        "row": f"the number of a row in that request: a whole number from 0 to {MAX_ROW}",
    }
)
_FIELDS = ("prediction_id", "row", "outcome")
_MAX_UNKNOWN = 3  # names that are repeated of fields that do not exist
_NUMBER = "a number, since the model predicts numbers"
_UNKNOWN_TASK = f"a number, or a label of at most {MAX_LABEL_LENGTH} characters"


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
    items: list[Any] = document if isinstance(document, list) else [document]
    if not items or not isinstance(document, dict | list):
        raise DocumentError('The body must be {"prediction_id": ..., "outcome": ...}, or a list of such objects.')
    if len(items) > max_items:
        raise TooManyRowsError(
            f"The body holds {len(items)} outcomes; at most {max_items} are allowed in one request. Send fewer.",
            details={"rows": len(items), "max_rows": max_items},
        )
    expected = {**EXPECTED, "outcome": _describe_outcome(classes, is_known)}
    errors: dict[str, list[dict[str, object]]] = {}
    for index, item in enumerate(items):
        found = _find_errors(item, expected, _OutcomeRule(classes, is_known))
        if found:
            errors[str(index)] = found
        if len(errors) == MAX_BAD_ITEMS:
            break
    if errors:
        number = f"At least {len(errors)}" if len(errors) == MAX_BAD_ITEMS else len(errors)
        raise FeedbackError(
            f"{number} of {len(items)} outcomes can't be used, so none was kept. The details say why.",
            details={"errors": errors},
        )
    return [
        {"prediction_id": item["prediction_id"], "row": item.get("row", 0), "outcome": item["outcome"]}
        for item in items
    ]


class _OutcomeRule:
    """What an outcome may be."""

    def __init__(self, classes: Collection[str] | None, is_known: bool) -> None:
        self._classes = classes
        self._is_known = is_known

    def allows(self, outcome: object) -> bool:
        is_number = isinstance(outcome, int | float) and not isinstance(outcome, bool)
        if not self._is_known:
            return is_number or (isinstance(outcome, str) and len(outcome) <= MAX_LABEL_LENGTH)
        return is_number if self._classes is None else isinstance(outcome, str) and outcome in self._classes


def _find_errors(item: object, expected: Mapping[str, str], rule: _OutcomeRule) -> list[dict[str, object]]:
    """Describe errors as those of rows are: ``field``, ``reason``, ``message``, ``expected``."""
    if not isinstance(item, Mapping):
        return [_build(None, "not_an_object", "an object with `prediction_id` and `outcome`")]
    row, prediction_id = item.get("row", 0), item.get("prediction_id")
    is_good = {
        "prediction_id": isinstance(prediction_id, str) and re.fullmatch("[0-9a-f]{32}", prediction_id) is not None,
        "row": isinstance(row, int) and not isinstance(row, bool) and 0 <= row <= MAX_ROW,
        "outcome": rule.allows(item.get("outcome")),
    }
    wrong = [
        _build(name, "wrong_value" if name in item else "missing_value", expected[name])
        for name in _FIELDS
        if not is_good[name]
    ]
    unknown = [str(name)[:80] for name in item if name not in _FIELDS]
    known = "`prediction_id`, `outcome` and `row` only"
    return wrong + [_build(name, "unknown_field", known) for name in unknown[:_MAX_UNKNOWN]]


def _describe_outcome(classes: Collection[str] | None, is_known: bool) -> str:
    if not is_known:
        return _UNKNOWN_TASK
    return _NUMBER if classes is None else f"one of {', '.join(classes)}"


def _build(field: str | None, reason: str, expected: str) -> dict[str, object]:
    subject = "Each outcome" if field is None else repr(field)
    message = f"{subject} is no field of an outcome" if reason == "unknown_field" else f"{subject} has to be {expected}"
    return {"field": field, "reason": reason, "message": message, "expected": expected}
