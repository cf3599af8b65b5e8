"""Why a row is refused: the reasons, and the words for each."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from regression_model.schema.feature import Feature, Schema
from regression_model.schema.values import RejectedValue
from regression_model.suggestions import suggest

_MAX_SHOWN = 8
_NEAR = 0.8  # similarity, in [0, 1], from which a field counts as a misspelt feature
EXPECTED = {
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "category": "text",
    "datetime": "a date or time as ISO 8601 text",
}
"""What is accepted where nothing more can be said, by the feature's type."""


@dataclass(frozen=True)
class FieldError:
    """Why a row is refused. It never holds the row, nor the value that was sent.

    Attributes
    ----------
    field : str or None
        Name of the feature; None if the row as a whole is wrong.
    reason : str
        Code for programs: ``required``, ``missing_value``, ``wrong_type``, ``not_a_number``, ``not_finite``,
        ``not_whole``, ``not_positive``, ``bad_date``, ``unseen_category`` or ``not_an_object``; from a prediction
        also ``prediction_failed`` and ``prediction_not_finite``.
    message : str
        The same for people, with what to do.
    expected : str
        What would have been accepted.
    """

    field: str | None
    reason: str
    message: str
    expected: str

    def to_json(self) -> dict[str, str | None]:
        """Return a plain dictionary."""
        return {"field": self.field, "reason": self.reason, "message": self.message, "expected": self.expected}


PREDICTION_FAILED = FieldError(
    None,
    "prediction_failed",
    "a step of the pipeline has no result for this row, although each value by itself may be sent (for example the "
    "logarithm of a difference that is zero)",
    "values as they are in the training data",
)
"""One step has no result for a row whose fields are right each by itself."""

PREDICTION_NOT_FINITE = FieldError(
    None,
    "prediction_not_finite",
    "the prediction is not a finite number: the values of this row lie too far outside what the model was trained on",
    "values nearer to those of the training data",
)
"""The row was computed, and the result is no number that could be sent."""


def not_an_object(row: object) -> FieldError:
    """Refuse what is no row at all."""
    message = f"a row has to be an object with the features as its fields, got {type(row).__name__}"
    return FieldError(None, "not_an_object", message, "an object")


def find_absent(row: Mapping[str, Any], schema: Schema) -> list[FieldError]:
    """Find the features that a row lacks, each with the unknown field that may be a misspelling of it.

    Parameters
    ----------
    row : mapping
        Fields of the row; only their names are read.
    schema : Schema

    Returns
    -------
    list of FieldError
        In the order of the schema; empty where each feature is there.
    """
    absent = [feature for feature in schema if feature.name not in row]
    if not absent:
        return []
    names = set(schema.names)
    unknown = [name[:200] for name in row if isinstance(name, str) and name not in names]
    problems = []
    for feature in absent:
        sent = _find_misspelt(feature.name, unknown)
        hint = f"; {sent[:80]!r} was sent, which is no feature" if sent is not None else ""
        remedy = "send null if it is unknown" if feature.nullable else "it can't be left out"
        message = f"{feature.name!r} is not there{hint}; {remedy}"
        problems.append(FieldError(feature.name, "required", message, EXPECTED[feature.dtype]))
    return problems


def _find_misspelt(name: str, unknown: list[str]) -> str | None:
    for other in unknown:
        if _fold(other) == _fold(name):
            return other
    near = difflib.get_close_matches(name, unknown, n=1, cutoff=_NEAR)
    return near[0] if near else None


def _fold(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def rejected_value(feature: Feature, problem: RejectedValue) -> FieldError:
    """Refuse a value that can't be what its feature is."""
    return FieldError(feature.name, problem.reason, f"{feature.name!r} has to be {problem.expected}", problem.expected)


def missing_value(feature: Feature) -> FieldError:
    """Refuse a missing value of a feature that may not be null."""
    message = f"{feature.name!r} is null or empty; the model has no rule for a missing value here"
    return FieldError(feature.name, "missing_value", message, EXPECTED[feature.dtype])


def not_positive(feature: Feature) -> FieldError:
    """Refuse a number that is not above the feature's ``exclusive_minimum``."""
    bound = f"{feature.exclusive_minimum:g}"
    message = f"{feature.name!r} has to be greater than {bound}: the model takes its logarithm"
    return FieldError(feature.name, "not_positive", message, f"a number greater than {bound}")


def unseen_category(feature: Feature, value: str) -> FieldError:
    """Refuse a category that is not among the feature's ``categories``; a near one is suggested."""
    known = list(feature.categories or ())
    shown = ", ".join(known[:_MAX_SHOWN]) + (f" and {len(known) - _MAX_SHOWN} more" if len(known) > _MAX_SHOWN else "")
    message = f"{feature.name!r} has a category that the model was not trained on{suggest(value[:80], known)}"
    return FieldError(feature.name, "unseen_category", message, f"one of: {shown}")
