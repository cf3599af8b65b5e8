"""One row through a linear model of one output: each feature adds its own term, most of them by one look-up or line."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from operator import getitem, mul, sub
from typing import Any

import numpy as np

from regression_model.compiled.models.linear import LinearModel
from regression_model.compiled.operations import Operation
from regression_model.compiled.operations.arithmetic import Difference, Product, Sum
from regression_model.compiled.operations.encodings import OneHot
from regression_model.compiled.operations.missing import IsMissing
from regression_model.compiled.operations.numbers import Above, Clip, FillNumber, ScaleShift, ShiftScale
from regression_model.compiled.operations.powers import Log, LogPlusOne, YeoJohnson
from regression_model.compiled.operations.requirements import Require
from regression_model.compiled.program import Steps
from regression_model.compiled.row_cells import INTEGER_TYPES, NUMBER_TYPES, OFTEN_MISSING, Cell, read_number, read_term
from regression_model.compiled.row_division import Division, divide
from regression_model.compiled.row_numbers import LARGEST, Chain, Line, NumberPart, find_line, is_moderate
from regression_model.compiled.row_rest import Rest, get_all
from regression_model.compiled.row_tables import BooleanTable, CategoryTable, OddValueError, make_category_table
from regression_model.schema import Feature, Schema

_KEEP_THERE = (Above, Clip, Difference, Log, LogPlusOne, Product, ScaleShift, ShiftScale, Sum, YeoJohnson)
"""Operations whose result is there if what they read is."""


class LinearRows:
    """From a row, as it was sent, to the output of a linear model.

    Parameters
    ----------
    steps : Steps
    model : LinearModel
        Of one output.
    schema : Schema
        Without numbers that mean "unknown".

    Attributes
    ----------
    text_tables : dict of str to CategoryTable of float
        For each feature of text, by its name, what its texts add to the output.
    """

    def __init__(self, steps: Steps, model: LinearModel, schema: Schema) -> None:
        coefficients: dict[int, float] = {}
        for slot, coefficient in zip(steps.columns, model.coefficients[0].tolist(), strict=True):
            coefficients[slot] = coefficients.get(slot, 0.0) + coefficient
        coefficients = {slot: coefficient for slot, coefficient in coefficients.items() if coefficient}
        steps, required = _take_out_requirements(steps)
        coefficients = dict.fromkeys(required, 0.0) | coefficients
        division = divide(steps, list(coefficients))
        self._start = float(model.intercepts[0])
        self.text_tables = _tabulate_texts(division, schema, coefficients)
        self._link_numbers(division, list(schema), coefficients)
        division, rest_lines = _shorten(division, coefficients)
        self._rest = Rest(division, schema, steps.n_slots) if division.rest or rest_lines or division.features else None
        self._get_rest = get_all([slot for slot, _ in rest_lines])
        self._rest_centers = [line.center for _, line in rest_lines]
        self._rest_slopes = [line.slope for _, line in rest_lines]

    def _link_numbers(self, division: Division, features: list[Feature], coefficients: dict[int, float]) -> None:
        tables: dict[str, dict[Any, float]] = dict(self.text_tables)
        cells: dict[str, Cell[float]] = {}
        lines: list[tuple[Feature, Line, Cell[float]]] = []
        for part in division.parts:
            feature = features[part.feature]
            if feature.dtype == "boolean":
                tables[feature.name] = _tabulate_boolean(part, feature, coefficients)
                continue
            line, cell = _find_term(part, feature, coefficients)
            if line is None or feature.missing_fraction >= OFTEN_MISSING:
                cells[feature.name] = cell
            else:
                lines.append((feature, line, cell))
        self._tables, self._get_texts = list(tables.values()), get_all(list(tables))
        self._cells, self._get_cells = list(cells.values()), get_all(list(cells))
        self._integers = _Lines([item for item in lines if item[0].dtype == "integer"], INTEGER_TYPES)
        self._numbers = _Lines([item for item in lines if item[0].dtype == "number"], NUMBER_TYPES)
        self._start += self._integers.offset + self._numbers.offset

    def compute(self, row: Any) -> list[float]:  # noqa: ANN401 - a mapping from names to values
        """Compute the output.

        Raises
        ------
        RowFailure, OddValueError, RejectedValue, KeyError, TypeError, OverflowError
            If the row has to be looked at more closely.
        """
        total: float = sum(map(getitem, self._tables, self._get_texts(row)), self._start)
        total += self._integers.compute(row)
        total += self._numbers.compute(row)
        for cell, value in zip(self._cells, self._get_cells(row), strict=True):
            total += cell(value)
        if self._rest is not None:
            values = self._get_rest(self._rest.compute(row))
            if math.hypot(*values) > LARGEST:
                raise OddValueError
            total = sum(map(mul, map(sub, values, self._rest_centers), self._rest_slopes), total)
        if total - total != 0.0:
            raise OddValueError
        return [total]


class _Lines:
    """Features that add a line of their value each, computed together as long as none is missing."""

    def __init__(self, features: list[tuple[Feature, Line, Cell[float]]], types: frozenset[type]) -> None:
        self._are_usual = types.issuperset
        self._get = get_all([feature.name for feature, _, _ in features])
        self._centers = [line.center for _, line, _ in features]
        self._slopes = [line.slope for _, line, _ in features]
        self._cells = [cell for _, _, cell in features]
        self.offset = _add_up(line.offset for _, line, _ in features)

    def compute(self, row: Any) -> float:  # noqa: ANN401 - a mapping from names to values
        values = self._get(row)
        if self._are_usual(map(type, values)):
            if math.hypot(*values) > LARGEST:
                raise OddValueError
            return sum(map(mul, map(sub, values, self._centers), self._slopes), 0.0)
        return sum((cell(value) for cell, value in zip(self._cells, values, strict=True)), -self.offset)


def _add_up(terms: Iterable[float]) -> float:
    """Add numbers up; NaN, which makes each row looked at closely, where they have no finite sum."""
    try:
        return math.fsum(terms)
    except (OverflowError, ValueError):
        return math.nan


def _take_out_requirements(steps: Steps) -> tuple[Steps, list[int]]:
    """Take out what only refuses missing and infinite numbers, and return the slots that it looks at.

    Times any coefficient, 0 as well, such a number makes the whole sum one that is not finite, and that is looked at
    closely. So would a number that is missing, and may be; where that is usual, the requirement stays.
    """
    slots: list[int] = []
    left: list[Operation] = []
    there = _find_never_missing(steps)
    for operation in steps.operations:
        if (
            isinstance(operation, Require)
            and not operation.single_precision
            and all(steps.kinds[slot] == "number" for slot in operation.inputs)
            and (operation.missing or there.issuperset(operation.inputs))
        ):
            slots += operation.inputs
        else:
            left.append(operation)
    return replace(steps, operations=tuple(left)), slots


def _find_never_missing(steps: Steps) -> set[int]:
    """Find slots of numbers that are there in each row; those that reach a linear model are."""
    there = set(steps.columns)
    for operation in steps.operations:
        keeps = isinstance(operation, _KEEP_THERE) and there.issuperset(operation.inputs)
        if keeps or isinstance(operation, FillNumber | IsMissing | OneHot):
            there.update(operation.outputs)
    return there


def _shorten(division: Division, coefficients: dict[int, float]) -> tuple[Division, list[tuple[int, Line]]]:
    """Take the last shift and scale of what reaches the model out of the rest, and make it part of the sum."""
    read = Counter(slot for operation in division.rest for slot in operation.inputs)
    last = {
        operation.outputs[0]: operation
        for operation in division.rest
        if isinstance(operation, ShiftScale) and is_moderate(operation) and not read[operation.outputs[0]]
    }
    lines = []
    for slot in division.slots:
        operation = last.get(slot)
        if operation is None:
            lines.append((slot, Line(0.0, coefficients[slot], 0.0)))
        else:
            lines.append((operation.inputs[0], Line(operation.shift, coefficients[slot] / operation.scale, 0.0)))
    left = tuple(operation for operation in division.rest if last.keys().isdisjoint(operation.outputs))
    return replace(division, rest=left), lines


def _find_term(part: NumberPart, feature: Feature, coefficients: dict[int, float]) -> tuple[Line | None, Cell[float]]:
    """Return what a feature adds, as a line where it is one, and as the function of its value."""
    own = [coefficients[slot] for slot in part.slots]
    missing = None if part.missing is None else _add_up(map(mul, part.missing, own))
    offset = _add_up(
        c.apply(0.0) * factor for c, factor in zip(part.chains, own, strict=True) if c.constant is not None
    )
    varying = [(c, factor) for c, factor in zip(part.chains, own, strict=True) if c.constant is None]
    if part.checks or len(varying) > 1:
        return None, read_number(feature, _add_chains(part, varying, offset), missing)
    functions, line = find_line(*varying[0]) if varying else ((), Line(0.0, 0.0, 0.0))
    line = replace(line, offset=line.offset + offset)
    is_line = not functions and feature.exclusive_minimum is None
    return line if is_line else None, read_term(feature, functions, line, missing)


def _add_chains(part: NumberPart, terms: list[tuple[Chain, float]], offset: float) -> Callable[[float], float]:
    """Make the function that adds the slots of a feature, each times its coefficient."""

    def add_all(number: float) -> float:
        for check in part.checks:
            check.apply(number)
        return sum((chain.apply(number) * factor for chain, factor in terms), offset)

    return add_all


def _tabulate_texts(
    division: Division, schema: Schema, coefficients: dict[int, float]
) -> dict[str, CategoryTable[float]]:
    """Make the table of what each text adds, for each feature of text."""
    features = list(schema)
    tables = {}
    for table in division.tables:
        places = [place for place, slot in enumerate(table.slots) if slot in coefficients]
        own = np.array([coefficients[table.slots[place]] for place in places])
        with np.errstate(over="ignore", invalid="ignore"):
            terms: list[float] = (table.values[:, places] * own).sum(axis=1).tolist()
        feature = features[table.feature]
        tables[feature.name] = make_category_table(feature, table, schema.missing_values, terms.__getitem__)
    return tables


def _tabulate_boolean(part: NumberPart, feature: Feature, coefficients: dict[int, float]) -> BooleanTable[float]:
    own = [coefficients[slot] for slot in part.slots]
    points = {True: part.compute(1.0), False: part.compute(0.0), None: part.missing if feature.nullable else None}
    return BooleanTable({value: _add_up(map(mul, point, own)) for value, point in points.items() if point is not None})
