"""Computes, for one row, what depends on several features."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from regression_model.compiled.operations import RowFunction
from regression_model.compiled.row_cells import Cell, read_value
from regression_model.compiled.row_division import Division
from regression_model.compiled.row_tables import CategoryTable, make_category_table
from regression_model.schema import Schema

_ONE, _TWO, _SOME = range(3)


class Rest:
    """The operations of a program that read several features, for one row.

    Parameters
    ----------
    division : Division
    schema : Schema
    n_slots : int
    """

    def __init__(self, division: Division, schema: Schema, n_slots: int) -> None:
        features = list(schema)
        self._empty: list[Any] = [None] * n_slots
        self._cells: list[tuple[int, str, Cell[Any]]] = [
            (slot, features[slot].name, read_value(features[slot], schema.missing_values)) for slot in division.features
        ]
        read = {slot for operation in division.rest for slot in operation.inputs}
        self._tables = _find_tables(division, schema, read)
        self._calls: list[tuple[RowFunction, int, Any, Any, Any]] = []
        for operation in division.rest:
            function = operation.row_function()
            arity = len(operation.inputs)
            out = operation.outputs[0] if not operation.MANY else operation.outputs
            if arity == 1 and not operation.MANY:
                self._calls.append((function, _ONE, operation.inputs[0], None, out))
            elif arity == 2 and not operation.MANY:
                self._calls.append((function, _TWO, operation.inputs[0], operation.inputs[1], out))
            else:
                self._calls.append((function, _SOME, operation.inputs, operation.MANY, out))

    def compute(self, row: Any) -> list[Any]:  # noqa: ANN401 - a mapping from names to values
        """Return the slots; those that are not computed here are None.

        Raises
        ------
        RowFailure, OddValueError, RejectedValue, KeyError, TypeError
            If the row has to be looked at more closely.
        """
        slots = self._empty[:]
        for slot, name, read in self._cells:
            slots[slot] = read(row[name])
        for name, table in self._tables:
            for slot, value in table[row[name]]:
                slots[slot] = value
        for function, arity, first, second, out in self._calls:
            if arity == _ONE:
                slots[out] = function(slots[first])
            elif arity == _TWO:
                slots[out] = function(slots[first], slots[second])
            else:
                result = function(*[slots[slot] for slot in first])
                if second:
                    for slot, value in zip(out, result, strict=True):
                        slots[slot] = value
                else:
                    slots[out] = result
        return slots


def _find_tables(
    division: Division, schema: Schema, read: set[int]
) -> list[tuple[str, CategoryTable[list[tuple[int, float]]]]]:
    """Make tables for the slots that depend on one feature of text each and are read by the operations here."""
    features = list(schema)
    tables = []
    for table in division.tables:
        places = [(place, slot) for place, slot in enumerate(table.slots) if slot in read]
        if places:
            values = table.values.tolist()
            contribute = _contribute_slots(places, values)
            feature = features[table.feature]
            tables.append((feature.name, make_category_table(feature, table, schema.missing_values, contribute)))
    return tables


def _contribute_slots(
    places: Sequence[tuple[int, int]], values: list[list[float]]
) -> Callable[[int], list[tuple[int, float]]]:
    return lambda position: [(slot, values[position][place]) for place, slot in places]


def get_all(keys: Sequence[Any]) -> Callable[[Any], tuple[Any, ...]]:
    """Make the function that returns the items of several keys; as ``itemgetter``, but always a tuple."""
    if len(keys) == 1:
        (key,) = keys
        return lambda items: (items[key],)
    if not keys:
        return lambda items: ()
    return itemgetter(*keys)
