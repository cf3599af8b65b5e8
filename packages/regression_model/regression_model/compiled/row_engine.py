"""Computes a program for one row, operation by operation: exact, and for any program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from regression_model.compiled.operations import RowFunction
from regression_model.compiled.program import Steps


class RowEngine:
    """From the values of one row to the numbers that reach the model.

    Parameters
    ----------
    steps : Steps
    """

    def __init__(self, steps: Steps) -> None:
        self._room = [None] * (steps.n_slots - len(steps.inputs))
        self._columns = steps.columns
        self._calls: list[tuple[RowFunction, tuple[int, ...], tuple[int, ...]]] = []
        for operation in steps.operations:
            function = operation.row_function()
            self._calls.append(
                (function if operation.MANY else _as_many(function), operation.inputs, operation.outputs)
            )

    def compute(self, values: Sequence[Any]) -> list[float]:
        """Compute the numbers that reach the model.

        Parameters
        ----------
        values : sequence
            A value for each feature, in the order of the schema, as `check_row` returns them.

        Raises
        ------
        RowFailure
            If an operation has no result for the row.
        """
        slots: list[Any] = [*values, *self._room]
        for function, inputs, outputs in self._calls:
            for slot, value in zip(outputs, function(*[slots[slot] for slot in inputs]), strict=True):
                slots[slot] = value
        return [slots[slot] for slot in self._columns]


def _as_many(function: RowFunction) -> RowFunction:
    def answer_in_tuple(*values: Any) -> tuple[Any]:  # noqa: ANN401 - of any kind
        return (function(*values),)

    return answer_in_tuple
