"""One row to the numbers that reach a model, each exactly as the operations compute it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from operator import getitem, sub, truediv
from typing import Any

from regression_model.compiled.program import Steps
from regression_model.compiled.row_cells import INTEGER_TYPES, NUMBER_TYPES, OFTEN_MISSING, Cell, read_number
from regression_model.compiled.row_division import divide
from regression_model.compiled.row_numbers import NumberPart
from regression_model.compiled.row_rest import Rest, get_all
from regression_model.compiled.row_tables import BooleanTable, OddValueError, make_category_table
from regression_model.schema import Feature, Schema

Values = Sequence[float]


class VectorRows:
    """From a row, as it was sent, to the numbers that reach the model.

    Parameters
    ----------
    steps : Steps
    schema : Schema
        Without numbers that mean "unknown".
    """

    def __init__(self, steps: Steps, schema: Schema) -> None:
        division = divide(steps, steps.columns)
        features = list(schema)
        tables: dict[str, dict[Any, Values]] = {}
        slots: list[int] = []
        for table in division.tables:
            feature = features[table.feature]
            values: list[list[float]] = table.values.tolist()
            tables[feature.name] = make_category_table(feature, table, schema.missing_values, values.__getitem__)
            slots += table.slots
        numbers = [(features[part.feature], part) for part in division.parts]
        for feature, part in numbers:
            if feature.dtype == "boolean":
                tables[feature.name] = _tabulate_boolean(part, feature)
                slots += part.slots
        numbers = [item for item in numbers if item[0].dtype != "boolean"]
        plain = [(feature, part) for feature, part in numbers if _is_plain(part, feature)]
        others = [(feature, part) for feature, part in numbers if not _is_plain(part, feature)]
        self._tables, self._get_texts = list(tables.values()), get_all(list(tables))
        self._cells = [_read_part(part, feature) for feature, part in others]
        self._get_cells = get_all([feature.name for feature, _ in others])
        self._integers = _Plain([item for item in plain if item[0].dtype == "integer"], INTEGER_TYPES)
        self._numbers = _Plain([item for item in plain if item[0].dtype == "number"], NUMBER_TYPES)
        has_rest = division.rest or division.slots or division.features
        self._rest = Rest(division, schema, steps.n_slots) if has_rest else None
        self._get_rest = get_all(division.slots)
        slots += [slot for _, part in others for slot in part.slots]
        slots += [*self._integers.slots, *self._numbers.slots, *division.slots]
        places = {slot: place for place, slot in enumerate(slots)}
        self._arrange = get_all([places[slot] for slot in steps.columns])

    def compute(self, row: Any) -> Values:  # noqa: ANN401 - a mapping from names to values
        """Compute the numbers that reach the model.

        Raises
        ------
        RowFailure, OddValueError, RejectedValue, KeyError, TypeError, OverflowError
            If the row has to be looked at more closely.
        """
        made = list(chain.from_iterable(map(getitem, self._tables, self._get_texts(row))))
        for cell, value in zip(self._cells, self._get_cells(row), strict=True):
            made += cell(value)
        made += self._integers.compute(row)
        made += self._numbers.compute(row)
        if self._rest is not None:
            made += self._get_rest(self._rest.compute(row))
        return self._arrange(made)


class _Plain:
    """Features that reach the model as they are, or shifted and scaled, together as long as none is missing."""

    def __init__(self, features: list[tuple[Feature, NumberPart]], types: frozenset[type]) -> None:
        self._are_usual = types.issuperset
        # Those that are shifted and scaled come last.
        features = sorted(features, key=lambda item: item[1].chains[0].shift_scale is not None)
        self._get = get_all([feature.name for feature, _ in features])
        self._cells = [_read_part(part, feature) for feature, part in features]
        scaled = [item for _, part in features if (item := part.chains[0].shift_scale) is not None]
        self._n_as_they_are = len(features) - len(scaled)
        self._shifts = [item.shift for item in scaled]
        self._scales = [item.scale for item in scaled]
        self.slots = [part.slots[0] for _, part in features]

    def compute(self, row: Any) -> Sequence[float]:  # noqa: ANN401 - a mapping from names to values
        cells = self._get(row)
        if not self._are_usual(map(type, cells)):
            return [number for cell, value in zip(self._cells, cells, strict=True) for number in cell(value)]
        values = list(map(float, cells))
        total = sum(values, 0.0)
        if total - total != 0.0:  # one of them is not finite
            raise OddValueError
        start = self._n_as_they_are
        if self._shifts:
            values[start:] = map(truediv, map(sub, values[start:], self._shifts), self._scales)
        return values


def _is_plain(part: NumberPart, feature: Feature) -> bool:
    if len(part.slots) != 1 or part.checks or feature.exclusive_minimum is not None:
        return False
    chain_ = part.chains[0]
    return feature.missing_fraction < OFTEN_MISSING and (chain_.is_identity or chain_.shift_scale is not None)


def _read_part(part: NumberPart, feature: Feature) -> Cell[Values]:
    chains, checks = part.chains, part.checks
    if len(chains) == 1 and not checks and chains[0].constant is None:
        return read_number(feature, _follow_one(chains[0].functions), part.missing)

    # What does not depend on the number is computed now.
    known = [0.0 if item.constant is None else item.apply(0.0) for item in chains]
    varying = [(place, item.functions) for place, item in enumerate(chains) if item.constant is None]

    def follow_all(number: float) -> Values:
        for check in checks:
            check.apply(number)
        values = known[:]
        for place, functions in varying:
            value = number
            for function in functions:
                value = function(value)
            values[place] = value
        return values

    return read_number(feature, follow_all, part.missing)


def _follow_one(functions: tuple[Callable[[float], float], ...]) -> Callable[[float], Values]:
    def follow(number: float) -> Values:
        for function in functions:
            number = function(number)
        return (number,)

    return follow


def _tabulate_boolean(part: NumberPart, feature: Feature) -> BooleanTable[Values]:
    points = {True: part.compute(1.0), False: part.compute(0.0), None: part.missing if feature.nullable else None}
    return BooleanTable({value: point for value, point in points.items() if point is not None})
