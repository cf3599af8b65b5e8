"""What every reader of rows promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from regression_model.schema import FieldError, Schema

Columns = dict[str, Any]
"""Lists of values, by name; or arrays and `regression_model.compiled.Texts`, where a reader may give them."""

Copies = Mapping[str, Sequence[Any]] | Sequence[Mapping[str, Any]]
"""What to copy of consecutive rows, by name: columns, or rows; a row that can't be read is empty."""


@dataclass(frozen=True)
class Chunk:
    """Consecutive rows of an input.

    Attributes
    ----------
    first_row : int
        Number of its first row; the input's first row is 1. Header and blank lines are no rows.
    n_rows : int
        Rows in it, readable or not.
    rows : dict or list
        The readable ones, in order: columns of those features that are there, or parsed JSON values.
    refused : dict of int to FieldError
        Why a row can't be read, by its position in the chunk.
    inputs : mapping of columns or list of mappings, of length n_rows
        What to copy into the output.
    """

    first_row: int
    n_rows: int
    rows: Columns | list[Any]
    refused: Mapping[int, FieldError] = field(default_factory=dict)
    inputs: Copies = ()


class RowReader(ABC):
    """Reads rows from beginning to end, holding one chunk in memory at a time.

    A row that is there but can't be read is part of its chunk, as refused: no row is ever skipped, since the
    output has to line up with the input. A fault after which nobody can say where rows begin (an open quote,
    damaged gzip) raises InputDataError instead.

    Attributes
    ----------
    columns : list of str or None
        Known before the first row; None where each row brings its own fields.
    types : mapping of str to object
        pyarrow types of the columns; empty where the format has none.
    """

    columns: list[str] | None = None
    types: Mapping[str, Any] = {}

    @abstractmethod
    def read(
        self, schema: Schema, keep: Sequence[str] | None, chunk_rows: int, *, as_arrays: bool = False
    ) -> Iterator[Chunk]:
        """Yield the rows; may be called once.

        Parameters
        ----------
        schema : Schema
            What the model reads; of its features, the ones that are there are read.
        keep : sequence of str or None
            Columns to copy into the output; None for all.
        chunk_rows : int
            Most rows of a chunk, at least 1.
        as_arrays : bool
            Whether columns may come as the compiled form of a model takes them, which is faster.

        Raises
        ------
        InputDataError
            If what comes can't be read as rows.
        """

    @abstractmethod
    def progress(self) -> tuple[int, int | None]:
        """Return how far it is and how far it is to go, in bytes or rows; None if nobody knows."""
