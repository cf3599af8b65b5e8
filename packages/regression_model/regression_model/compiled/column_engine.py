"""Computes a program for many rows at once, column by column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regression_model.compiled.columns import Column, Flags, Floats, Texts
from regression_model.compiled.folding import Folded, TextTable, fold
from regression_model.compiled.models import Model
from regression_model.compiled.models.linear import LinearModel
from regression_model.compiled.operations import Operation
from regression_model.compiled.program import Steps


class ColumnEngine:
    """From columns of features to the outputs of the model.

    Parameters
    ----------
    steps : Steps
    model : Model
    """

    def __init__(self, steps: Steps, model: Model) -> None:
        self._model = model
        self._columns = steps.columns
        self._terms = _find_terms(steps, model) if isinstance(model, LinearModel) else None
        read = steps.columns if self._terms is None else list(self._terms.coefficients)
        self._folded = fold(steps, read)
        self._tables = [_Table.of(table, self._terms, self._folded) for table in self._folded.tables]
        tabulated = {slot for table in self._folded.tables for slot in table.slots}
        self._numbers = [] if self._terms is None else [slot for slot in read if slot not in tabulated]
        self._last_use = _find_last_uses(self._folded.operations, read)

    @property
    def adds_texts_only(self) -> bool:
        """Whether text does nothing but add to the outputs, each feature by itself."""
        return self._terms is not None and not self._folded.text_features and not any(t.columns for t in self._tables)

    def compute(self, features: Sequence[Column], n_rows: int) -> tuple[Floats, Flags]:
        """Compute the outputs of the model.

        Parameters
        ----------
        features : sequence of column
            In the order of the schema.
        n_rows : int

        Returns
        -------
        outputs : ndarray of shape (n_rows, n_outputs)
        failed : ndarray of bool of shape (n_rows,)
            Rows that have no result; what is in ``outputs`` for them means nothing.
        """
        failed = np.zeros(n_rows, dtype=bool)
        slots: dict[int, Column] = {slot: column for slot, column in enumerate(features) if slot in self._last_use}
        outputs = None if self._terms is None else np.zeros((n_rows, len(self._terms.intercepts)))
        for table in self._tables:
            table.apply(features[table.feature], slots, outputs, failed)
        self._run(slots, failed)
        if outputs is None or self._terms is None:
            return self._model.predict_columns(self._as_matrix(slots, n_rows)), failed
        self._terms.add_numbers({slot: slots[slot] for slot in self._numbers}, outputs)
        return outputs, failed

    def add(self, features: Sequence[Column], outputs: Floats) -> tuple[Floats, Flags]:
        """Add to outputs that hold the terms of all texts what is left of a linear model.

        Only where `adds_texts_only`; features of text are not read. As `compute`, in place.
        """
        assert self._terms is not None
        failed = np.zeros(len(outputs), dtype=bool)
        slots: dict[int, Column] = {slot: column for slot, column in enumerate(features) if slot in self._last_use}
        self._run(slots, failed)
        self._terms.add_numbers({slot: slots[slot] for slot in self._numbers}, outputs)
        return outputs, failed

    def _run(self, slots: dict[int, Column], failed: Flags) -> None:
        """Apply the operations; forget each slot once it is no longer read."""
        for position, operation in enumerate(self._folded.operations):
            results = operation.apply_columns([slots[slot] for slot in operation.inputs], failed)
            slots.update(zip(operation.outputs, results, strict=True))
            for slot in (*operation.inputs, *operation.outputs):
                if self._last_use.get(slot, -1) <= position:
                    slots.pop(slot, None)

    def _as_matrix(self, slots: dict[int, Column], n_rows: int) -> Floats:
        matrix: Floats = np.empty((n_rows, len(self._columns)))
        for position, slot in enumerate(self._columns):
            matrix[:, position] = np.asarray(slots[slot])
        return matrix


@dataclass(frozen=True, eq=False)
class Terms:
    """What a linear model adds up.

    Attributes
    ----------
    intercepts : ndarray of shape (n_outputs,)
    coefficients : dict of int to ndarray of shape (n_outputs,)
        By slot, those that are not zero.
    """

    intercepts: Floats
    coefficients: dict[int, Floats]

    def add_numbers(self, slots: dict[int, Column], outputs: Floats) -> None:
        """Add the intercepts and some slots, each times its coefficients."""
        outputs += self.intercepts
        with np.errstate(over="ignore", invalid="ignore"):  # the caller judges what is not finite
            for slot, column in slots.items():
                outputs += np.multiply.outer(np.asarray(column), self.coefficients[slot])


def _find_terms(steps: Steps, model: LinearModel) -> Terms:
    coefficients: dict[int, Floats] = {}
    for slot, column in zip(steps.columns, model.coefficients.T, strict=True):
        # The same slot may reach the model twice.
        coefficients[slot] = coefficients[slot] + column if slot in coefficients else column
    return Terms(model.intercepts, {slot: column for slot, column in coefficients.items() if column.any()})


@dataclass(frozen=True, eq=False)
class _Table:
    """A table of texts, ready to be applied."""

    feature: int
    positions: dict[str, int]
    contributions: Floats | None
    columns: list[tuple[int, Floats]]
    failed: Flags | None

    @classmethod
    def of(cls, table: TextTable, terms: Terms | None, folded: Folded) -> _Table:
        """Find what of a table goes into the outputs directly, and what is read by operations."""
        read = {slot for operation in folded.operations for slot in operation.inputs}
        contributions = None
        columns = []
        for slot, values in zip(table.slots, table.values.T, strict=True):
            if terms is not None and slot in terms.coefficients:
                with np.errstate(over="ignore", invalid="ignore"):
                    own = np.multiply.outer(np.where(table.failed, 0.0, values), terms.coefficients[slot])
                contributions = own if contributions is None else contributions + own
            if terms is None or slot in read:
                columns.append((slot, np.ascontiguousarray(values)))
        positions = {text: position for position, text in enumerate(table.texts)}
        return cls(table.feature, positions, contributions, columns, table.failed if table.failed.any() else None)

    def apply(self, column: Column, slots: dict[int, Column], outputs: Floats | None, failed: Flags) -> None:
        """Write the slots that depend on the feature, and add to the outputs."""
        if self.contributions is None and not self.columns and self.failed is None:
            return
        assert isinstance(column, Texts)
        other = len(self.positions)
        positions = [self.positions.get(text, other) for text in column.values]
        rows: NDArray[Any] = np.array([*positions, other + 1], dtype=np.intp)[column.codes]
        for slot, values in self.columns:
            slots[slot] = values[rows]
        if self.contributions is not None and outputs is not None:
            outputs += self.contributions[rows]
        if self.failed is not None:
            failed |= self.failed[rows]


def _find_last_uses(operations: Sequence[Operation], columns: Sequence[int]) -> dict[int, int]:
    """Return for each slot that is read the position of the last operation that does; the model comes after all."""
    last = {slot: position for position, operation in enumerate(operations) for slot in operation.inputs}
    return last | dict.fromkeys(columns, len(operations))
