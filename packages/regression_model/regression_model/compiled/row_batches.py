"""Many rows, as parsed JSON, through a linear model of one output.

Each text becomes the term that it adds by one look-up; only numbers become columns. What is unusual is left to others.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np

from regression_model.compiled.column_engine import ColumnEngine
from regression_model.compiled.column_parsing import NUMBERS_OR_NONE, ColumnParser
from regression_model.compiled.columns import Column, Flags, Floats, RowFailure, Texts
from regression_model.compiled.row_rest import get_all
from regression_model.compiled.row_tables import CategoryTable, OddValueError
from regression_model.schema import RejectedValue, Schema

UNUSUAL = (OddValueError, RejectedValue, RowFailure, KeyError, TypeError, ValueError, OverflowError)
"""What computing a row the short way raises where it is to be looked at more closely."""

_NO_TEXT = Texts(np.zeros(0, dtype=np.int32), [])


class Batches:
    """From rows to the outputs of a linear model.

    Parameters
    ----------
    tables : dict of str to CategoryTable of float
        For each feature of text its terms.
    engine : ColumnEngine
        Which reads no text but for its terms.
    schema : Schema
        Without numbers that mean "unknown".
    """

    def __init__(self, tables: dict[str, CategoryTable[float]], engine: ColumnEngine, schema: Schema) -> None:
        self._engine = engine
        features = list(schema)
        numbers = [place for place, feature in enumerate(features) if feature.dtype in ("number", "integer")]
        self._others = {
            place: ColumnParser(feature, schema.missing_values)
            for place, feature in enumerate(features)
            if feature.dtype in ("boolean", "datetime")
        }
        self._texts = [
            (place, tables[feature.name]) for place, feature in enumerate(features) if feature.name in tables
        ]
        self._get_cells = get_all(schema.names)
        self._n_features = len(features)
        self._numbers = numbers
        self._whole = np.array([features[place].dtype == "integer" for place in numbers], dtype=bool)
        self._required = np.array([[not features[place].nullable] for place in numbers], dtype=bool).reshape(-1, 1)
        bounds = [features[place].exclusive_minimum for place in numbers]
        self._bounds: Floats = np.array([-np.inf if bound is None else bound for bound in bounds]).reshape(-1, 1)

    def compute(self, rows: Sequence[dict[str, Any]]) -> tuple[Floats, Flags, Flags]:
        """Compute the outputs of the rows in which nothing is unusual.

        Parameters
        ----------
        rows : sequence of dict

        Returns
        -------
        outputs : ndarray of shape (n_rows, 1)
        failed : ndarray of bool of shape (n_rows,)
            Rows that have no result.
        unusual : ndarray of bool of shape (n_rows,)
            Rows that have to be looked at more closely: what the others say of them means nothing.
        """
        unusual = np.zeros(len(rows), dtype=bool)
        cells = self._find_cells(rows, unusual)
        sent = list(zip(*cells, strict=True))
        terms: Floats = np.zeros(len(rows))
        for place, table in self._texts:
            terms += _look_up(table, sent[place], unusual)
        columns: list[Column] = [_NO_TEXT] * self._n_features
        for place, column in zip(self._numbers, self._read_numbers(sent, unusual), strict=True):
            columns[place] = column
        for place, parser in self._others.items():
            columns[place], errors = parser.parse(sent[place])
            unusual[list(errors)] = True
        return *self._engine.add(columns, terms[:, None]), unusual

    def _find_cells(self, rows: Sequence[dict[str, Any]], unusual: Flags) -> list[tuple[Any, ...]]:
        try:
            return list(map(self._get_cells, rows))
        except KeyError:
            return [self._find_row(row, position, unusual) for position, row in enumerate(rows)]

    def _find_row(self, row: dict[str, Any], position: int, unusual: Flags) -> tuple[Any, ...]:
        try:
            cells: tuple[Any, ...] = self._get_cells(row)
        except KeyError:
            unusual[position] = True
            return (None,) * self._n_features
        return cells

    def _read_numbers(self, sent: Sequence[tuple[Any, ...]], unusual: Flags) -> Floats:
        """Read the numbers of all features into one array of shape (n_number_features, n_rows)."""
        lists = [sent[place] for place in self._numbers]
        shape = len(lists), len(unusual)
        try:
            if not NUMBERS_OR_NONE.issuperset(map(type, chain.from_iterable(lists))):
                raise TypeError
            block = np.fromiter(chain.from_iterable(lists), np.float64, shape[0] * shape[1]).reshape(shape)
        except (TypeError, OverflowError):  # the latter of an integer too large for a float
            block = np.array([[_read_usual(value) for value in values] for values in lists]).reshape(shape)
        missing = np.isnan(block)
        bad = np.isinf(block) | (block <= self._bounds) | (missing & self._required)
        whole = block[self._whole]
        bad[self._whole] |= (whole != np.floor(whole)) & ~missing[self._whole]
        unusual |= bad.any(axis=0)
        return block


def _read_usual(value: Any) -> float:  # noqa: ANN401 - anything may be sent
    """Return a number or, where it is none, an infinite one, which nothing usual is."""
    if type(value) in NUMBERS_OR_NONE:
        try:
            return math.nan if value is None else float(value)
        except OverflowError:
            pass
    return math.inf


def _look_up(table: CategoryTable[float], values: Sequence[Any], unusual: Flags) -> Floats:
    """Return the terms of a column of text; where it is unusual, 0."""
    try:
        return np.fromiter(map(table.__getitem__, values), np.float64, len(values))
    except UNUSUAL:
        return np.array([_look_up_one(table, value, position, unusual) for position, value in enumerate(values)])


def _look_up_one(table: CategoryTable[float], value: Any, position: int, unusual: Flags) -> float:  # noqa: ANN401
    try:
        return table[value]
    except UNUSUAL:
        unusual[position] = True
        return 0.0
