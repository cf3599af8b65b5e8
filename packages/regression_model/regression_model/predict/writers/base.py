"""What every writer of predictions promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import repeat
from typing import Any

from regression_model.errors import InputDataError


@dataclass(frozen=True)
class Layout:
    """The columns of an output: ``row``, ``prediction``, then ``probability_<class>`` for each class, then copies.

    Attributes
    ----------
    classes : tuple of str
        In the order of the probabilities; empty for a regression.
    copied : tuple of str or None
        Columns of the input that follow; None for whatever each row brings, which only NDJSON can hold.
    types : mapping of str to object
        pyarrow types of those that have one; the others are text.
    """

    classes: tuple[str, ...] = ()
    copied: tuple[str, ...] | None = ()
    types: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def computed(self) -> tuple[str, ...]:
        """Names of the columns that are not copied."""
        return ("row", "prediction", *(f"probability_{label}" for label in self.classes))

    def check_copied(self, names: Iterable[str]) -> None:
        """Refuse columns of the input that would have the name of a computed one.

        Raises
        ------
        InputDataError
        """
        for name in names:
            if name in self.computed:
                raise InputDataError(
                    f"the input has a column {name!r}, and so has the output; rename it, or do not copy it"
                )


@dataclass(frozen=True)
class Answers:
    """What came out for consecutive rows.

    Attributes
    ----------
    first_row : int
        Number of the first one, from 1.
    predictions : sequence of length n_rows
        None where the row was refused.
    probabilities : sequence of length n_rows
        Lists in the order of the classes, or None; not looked at for a regression.
    inputs : mapping of columns or sequence of mappings, of length n_rows
        What to copy, by name.
    """

    first_row: int
    predictions: Sequence[float | str | None]
    probabilities: Sequence[Sequence[float] | None]
    inputs: Mapping[str, Sequence[Any]] | Sequence[Mapping[str, Any]]

    def columns(self, layout: Layout) -> list[Sequence[Any]]:
        """Return the computed columns and those to copy, in order; None where there is nothing."""
        n_rows = len(self.predictions)
        computed = [range(self.first_row, self.first_row + n_rows), self.predictions, *self._shares(layout)]
        return computed + [self._copied(name) for name in layout.copied or ()]

    def rows(self, layout: Layout) -> Iterable[tuple[Sequence[Any], Mapping[str, Any]]]:
        """Yield, for each row, the computed values in order, and what to copy."""
        numbers = range(self.first_row, self.first_row + len(self.predictions))
        computed = zip(numbers, self.predictions, *self._shares(layout), strict=True)
        if not isinstance(self.inputs, Mapping):
            return zip(computed, self.inputs, strict=True)
        if not self.inputs:
            return zip(computed, repeat({}))
        cells = zip(*self.inputs.values(), strict=True)
        return zip(computed, (dict(zip(self.inputs, row, strict=True)) for row in cells), strict=True)

    def _shares(self, layout: Layout) -> list[Sequence[float | None]]:
        return [
            [None if shares is None else shares[place] for shares in self.probabilities]
            for place in range(len(layout.classes))
        ]

    def _copied(self, name: str) -> Sequence[Any]:
        return self.inputs[name] if isinstance(self.inputs, Mapping) else [row.get(name) for row in self.inputs]


class RowWriter(AbstractContextManager["RowWriter"], ABC):
    """Writes one line or record per row of the input, in its order; leaving the context completes the file.

    Numbers are written so that reading them gives back the same float64.
    """

    @abstractmethod
    def write(self, answers: Answers) -> None:
        """Append rows."""

    def __exit__(self, *exception: object) -> None:
        """Complete the file; formats without an end have nothing to do."""
