"""What is known of the values in a slot before any row is seen.

It decides which checks can be left out because no row can fail them, and which results are the same for every row.
Bounds are those of floating-point arithmetic: adding, multiplying and dividing round upwards and downwards alike, so
that what holds at the ends of an interval holds between them.
"""

from __future__ import annotations

import itertools
import math
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from regression_model.compiled.columns import Kind

if TYPE_CHECKING:
    from regression_model.schema import Feature

LARGEST = sys.float_info.max


@dataclass(frozen=True)
class Numbers:
    """A slot of numbers.

    Attributes
    ----------
    lower, upper : float
        Every number lies between them, ends included; if ``lower`` is the greater one, there is no number at all.
    missing : bool
        Whether the slot can be missing.
    """

    lower: float = -math.inf
    upper: float = math.inf
    missing: bool = True

    kind: ClassVar[Kind] = "number"

    @property
    def is_empty(self) -> bool:
        """Whether the slot is missing in every row."""
        return self.lower > self.upper

    @property
    def can_be_infinite(self) -> bool:
        """Whether the slot can hold an infinite number."""
        return not self.is_empty and (math.isinf(self.lower) or math.isinf(self.upper))

    @property
    def only_value(self) -> float | None:
        """The number that every row has, if there is one."""
        return self.lower if self.lower == self.upper and not self.missing else None

    def exceeds(self, size: float) -> bool:
        """Say whether a number can be greater than this, or less than its negative."""
        return not self.is_empty and max(-self.lower, self.upper) > size

    def present(self) -> Numbers:
        """Return what is known where the slot is not missing."""
        return replace(self, missing=False)


@dataclass(frozen=True)
class Texts:
    """A slot of texts.

    Attributes
    ----------
    values : frozenset of str or None
        Every text is one of these; None if it can be any.
    missing : bool
    """

    values: frozenset[str] | None = None
    missing: bool = True

    kind: ClassVar[Kind] = "text"

    def can_differ_from(self, known: Iterable[str]) -> bool:
        """Say whether a text can be none of the known ones."""
        return self.values is None or not self.values.issubset(known)

    def present(self) -> Texts:
        """Return what is known where the slot is not missing."""
        return replace(self, missing=False)


@dataclass(frozen=True)
class Dates:
    """A slot of dates.

    Attributes
    ----------
    missing : bool
    """

    missing: bool = True

    kind: ClassVar[Kind] = "date"

    def present(self) -> Dates:
        """Return what is known where the slot is not missing."""
        return replace(self, missing=False)


Known = Numbers | Texts | Dates
ANY_NUMBER = Numbers()
NO_NUMBER = Numbers(math.inf, -math.inf, missing=True)


def of_feature(feature: Feature) -> Known:
    """Say what is known of a feature's values once validation has passed them."""
    if feature.dtype == "category":
        refused = feature.on_unseen == "reject" and feature.categories is not None
        return Texts(frozenset(feature.categories or ()) if refused else None, feature.nullable)
    if feature.dtype == "datetime":
        return Dates(feature.nullable)
    if feature.dtype == "boolean":
        return Numbers(0.0, 1.0, feature.nullable)
    bound = feature.exclusive_minimum
    lower = -LARGEST if bound is None else math.nextafter(bound, math.inf)
    return Numbers(lower, LARGEST, feature.nullable)


def image(function: Callable[..., Any], parts: Sequence[Numbers]) -> Numbers:
    """Say what is known of a function's results.

    Parameters
    ----------
    function : callable
        Of as many NumPy floats as there are parts; in each of them it rises or falls throughout.
    parts : sequence of Numbers
        What is known of its arguments.

    Returns
    -------
    Numbers
        Missing where an argument is missing, or where the result of infinite ones has no value.
    """
    missing = any(part.missing for part in parts)
    if any(part.is_empty for part in parts):
        return NO_NUMBER
    if any(part.can_be_infinite for part in parts) and len(parts) > 1:
        return ANY_NUMBER  # infinite minus infinite, or zero times infinite, has no value
    with np.errstate(all="ignore"):
        corners = [
            float(function(*map(np.float64, corner)))
            for corner in itertools.product(*((part.lower, part.upper) for part in parts))
        ]
    if any(math.isnan(corner) for corner in corners):
        return ANY_NUMBER
    return Numbers(min(corners), max(corners), missing)


def union(first: Numbers, second: Numbers) -> Numbers:
    """Say what is known of a slot that is one of two."""
    return Numbers(min(first.lower, second.lower), max(first.upper, second.upper), first.missing or second.missing)


def of_values(values: Iterable[float], *, missing: bool) -> Numbers:
    """Say what is known of a slot that holds one of these numbers; NaN among them is missing."""
    every = list(values)
    numbers = [value for value in every if not math.isnan(value)]
    missing = missing or len(numbers) < len(every)
    return Numbers(min(numbers), max(numbers), missing) if numbers else NO_NUMBER
