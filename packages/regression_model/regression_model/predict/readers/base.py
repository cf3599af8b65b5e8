"""What every reader of rows promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from regression_model.processing.validation import FieldError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Chunk:
    """Consecutive rows of an input.

    Attributes
    ----------
    first_row : int
        Number of its first row; the input's first row is 1. Header and blank lines are no rows.
    n_rows : int
        Rows in it, readable or not.
    rows : DataFrame or list
        The readable ones, in order, as `make_prediction` takes them.
    refused : dict of int to FieldError
        Why a row can't be read, by its position in the chunk.
    inputs : list of mappings, of length n_rows
        What to copy into the output, by name; empty for a row that can't be read.
    """

    first_row: int
    n_rows: int
    rows: pd.DataFrame | list[Any]
    refused: Mapping[int, FieldError] = field(default_factory=dict)
    inputs: Sequence[Mapping[str, Any]] = ()


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
    def read(self, features: Sequence[str], keep: Sequence[str] | None, chunk_rows: int) -> Iterator[Chunk]:
        """Yield the rows; may be called once.

        Parameters
        ----------
        features : sequence of str
            Columns that the model reads; of those, the ones that are there are read.
        keep : sequence of str or None
            Columns to copy into the output; None for all.
        chunk_rows : int
            Most rows of a chunk, at least 1.

        Raises
        ------
        InputDataError
            If what comes can't be read as rows.
        """

    @abstractmethod
    def progress(self) -> tuple[int, int | None]:
        """Return how far it is and how far it is to go, in bytes or rows; None if nobody knows."""
