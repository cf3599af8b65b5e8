"""Why a row is refused: the reasons, and the words for each."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from regression_model.schema.feature import Feature, Schema
from regression_model.schema.values import RejectedValue
from regression_model.suggestions import suggest

_MAX_SHOWN = 8
_NEAR = 0.8  # similarity, in [0, 1], from which a field counts as a misspelt feature
_NO_LETTERS = re.compile(r"[\W_]+")
MOST_NAMES_COMPARED = 50
"""Unknown fields of a row, of which more are no misspellings but another table: no similar ones are looked for."""
MOST_PAIRS_COMPARED = 4_000
"""Of a feature and an unknown field that are compared for one batch of rows."""
MOST_CATEGORIES_COMPARED = 4_000
"""Known categories with which unseen ones are compared for one batch of rows, in all its columns."""
MOST_NAMES_FOLDED = 10_000
"""Unknown fields that are looked at for one batch of rows."""
EXPECTED = {
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "category": "text",
    "datetime": "a date or time as ISO 8601 text",
    "series": "a list of numbers in the order of time",
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
        ``not_whole``, ``not_positive``, ``bad_date``, ``not_a_series``, ``too_long``, ``unseen_category`` or
        ``not_an_object``; from a prediction also ``prediction_failed`` and ``prediction_not_finite``.
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
    return AbsentFields(schema).find(row) if any(feature.name not in row for feature in schema) else []


class AbsentFields:
    """Finds the features that the rows of one batch lack, with hints at misspellings as in `find_absent`.

    Rows usually have the same fields, and then share what was found. Where they don't, there is a limit to the hints:
    looking for what is alike takes far longer than anything else that a row could ask for.

    Parameters
    ----------
    schema : Schema
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._names = frozenset(schema.names)
        self._found: dict[tuple[Any, ...], list[FieldError]] = {}
        self._errors: dict[tuple[str, str | None], FieldError] = {}
        self._folded: dict[str, str] = {}
        self._n_names_left = MOST_NAMES_FOLDED
        self._n_pairs_left = MOST_PAIRS_COMPARED

    def find(self, row: Mapping[str, Any]) -> list[FieldError]:
        """Find the features that a row lacks, in the order of the schema."""
        fields = tuple(row)
        found = self._found.get(fields)
        if found is None:
            absent = [feature for feature in self._schema if feature.name not in row]
            hints = self._find_hints(absent, row)
            found = self._found[fields] = [self._describe(feature, hints.get(feature.name)) for feature in absent]
        return list(found)

    def _find_hints(self, absent: Sequence[Feature], row: Mapping[str, Any]) -> dict[str, str]:
        """Find the unknown field that stands for each feature: the same letters and digits, or else nearly the same."""
        unknown = [name[:200] for name in row if isinstance(name, str) and name not in self._names]
        if not absent or not 0 < len(unknown) <= self._n_names_left:
            return {}
        self._n_names_left -= len(unknown)
        sent: dict[str, str] = {}
        for name in unknown:
            sent.setdefault(_fold(name), name)
        hints, rest = {}, []
        for feature in absent:
            same = sent.get(self._fold_once(feature.name))
            if same is None:
                rest.append(feature.name)
            else:
                hints[feature.name] = same
        n_pairs = len(rest) * len(unknown)
        if len(unknown) <= MOST_NAMES_COMPARED and n_pairs <= self._n_pairs_left:
            self._n_pairs_left -= n_pairs
            nearest = {name: difflib.get_close_matches(name, unknown, n=1, cutoff=_NEAR) for name in rest}
            hints |= {name: near for name, found in nearest.items() for near in found}
        return hints

    def _fold_once(self, name: str) -> str:
        if name not in self._folded:
            self._folded[name] = _fold(name)
        return self._folded[name]

    def _describe(self, feature: Feature, sent: str | None) -> FieldError:
        error = self._errors.get((feature.name, sent))
        if error is None:
            hint = f"; {sent[:80]!r} was sent, which is no feature" if sent is not None else ""
            remedy = "send null if it is unknown" if feature.nullable else "it can't be left out"
            message = f"{feature.name!r} is not there{hint}; {remedy}"
            error = FieldError(feature.name, "required", message, EXPECTED[feature.dtype])
            self._errors[(feature.name, sent)] = error
        return error


def _fold(name: str) -> str:
    return _NO_LETTERS.sub("", name.lower())


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


class UnseenCategories:
    """Refuses the categories of one batch of rows that are not among a feature's ``categories``.

    A near one is suggested, as long as not too many had to be compared: see `AbsentFields`.
    """

    def __init__(self) -> None:
        self._errors: dict[tuple[str, str], FieldError] = {}
        self._n_left = MOST_CATEGORIES_COMPARED

    def refuse(self, feature: Feature, value: str) -> FieldError:
        """Refuse a category; equal ones are compared only once."""
        key = feature.name, value
        error = self._errors.get(key)
        if error is None:
            known = list(feature.categories or ())
            is_near = len(known) <= self._n_left
            if is_near:
                self._n_left -= len(known)
            error = self._errors[key] = _unseen_category(feature, known, suggest(value[:80], known) if is_near else "")
        return error


def _unseen_category(feature: Feature, known: Sequence[str], hint: str) -> FieldError:
    shown = ", ".join(known[:_MAX_SHOWN]) + (f" and {len(known) - _MAX_SHOWN} more" if len(known) > _MAX_SHOWN else "")
    message = f"{feature.name!r} has a category that the model was not trained on{hint}"
    return FieldError(feature.name, "unseen_category", message, f"one of: {shown}")
