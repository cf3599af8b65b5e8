"""Tables for one row: from a field's value, as it was sent, to what it contributes, its type checked on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from regression_model.compiled.folding import TextTable
from regression_model.schema import Feature, parse_category

Result = TypeVar("Result")

_BOOLEANS = frozenset((bool, int, float, type(None)))


class OddValueError(Exception):
    """A value is not what it usually is; it has to be looked at more closely, and may be right all the same."""


class CategoryTable(dict[Any, Result]):
    """What each category contributes. It is a dictionary for the speed of one.

    Parameters
    ----------
    known : dict
        By text; by None what a missing one contributes.
    odd : frozenset of str
        Texts that are refused, or have no result.
    other : object or None
        What a text contributes that is in neither; None if it is odd as well.
    reads_numbers : bool
        Whether a number stands for its text.
    """

    __slots__ = ("_odd", "_other", "_reads_numbers")

    def __init__(
        self, known: dict[Any, Result], odd: frozenset[str], other: Result | None, *, reads_numbers: bool
    ) -> None:
        super().__init__(known)
        self._odd = odd
        self._other = other
        self._reads_numbers = reads_numbers

    def __missing__(self, key: Any) -> Result:  # noqa: ANN401 - anything may be sent
        if key.__class__ is str:
            if self._other is None or key in self._odd:
                raise OddValueError
            key.encode()  # raises ValueError for half of a pair of surrogates, which is no text
            return self._other
        if key is None or isinstance(key, str) or not self._reads_numbers:
            raise OddValueError
        return self[parse_category(key)]


def make_category_table(
    feature: Feature, table: TextTable, missing_values: tuple[str, ...], contribute: Callable[[int], Result]
) -> CategoryTable[Result]:
    """Make the table of a feature of text.

    Parameters
    ----------
    feature : Feature
    table : TextTable
    missing_values : tuple of str
        Texts that mean "unknown".
    contribute : callable
        From a position in the table to what is contributed there.

    Returns
    -------
    CategoryTable
    """
    rejects = feature.on_unseen == "reject" and feature.categories is not None
    positions = {text: position for position, text in enumerate(table.texts)}
    other, missing = len(positions), len(positions) + 1
    if rejects:
        positions = {text: positions.get(text, other) for text in feature.categories or ()}
    positions |= dict.fromkeys(("", *missing_values), missing)
    if not feature.nullable:
        usable = {text for text, position in positions.items() if position != missing and not table.failed[position]}
    else:
        usable = {text for text, position in positions.items() if not table.failed[position]}
    known: dict[Any, Result] = {text: contribute(position) for text, position in positions.items() if text in usable}
    if feature.nullable and not table.failed[missing]:
        known[None] = contribute(missing)
    return CategoryTable(
        known,
        frozenset(positions) - usable,
        None if rejects or table.failed[other] else contribute(other),
        # A number is never one of the texts that mean "unknown", although its text may be.
        reads_numbers=not missing_values,
    )


class BooleanTable(dict[Any, Result]):
    """What true, false and None contribute; 1 and 0 are equal to the first two, and so are numbers of other types."""

    __slots__ = ()

    def __getitem__(self, key: Any) -> Result:  # noqa: ANN401 - anything may be sent
        if key.__class__ not in _BOOLEANS:
            raise OddValueError
        return super().__getitem__(key)

    def __missing__(self, key: Any) -> Result:  # noqa: ANN401 - anything may be sent
        raise OddValueError
