"""One column, read as what it holds: the same parsers decide as in training and prediction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from regression_model.processing.values import parse_column

Holds = Literal["number", "boolean", "datetime", "text"]

_N_EXAMPLES = 5
_LARGEST_EXACT = 2.0**53
_COMPACT_DATE = r"(?:19|20)\d{6}"


@dataclass(frozen=True)
class Cells:
    """The cells of one column.

    Attributes
    ----------
    name : str
    holds : {"number", "boolean", "datetime", "text"}
        The narrowest of the types that every cell with a value can be read as.
    values : ndarray of shape (n_rows,)
        Read so: float64, datetime64[us], or object with str and None.
    texts : ndarray of object of shape (n_rows,)
        The same cells as text, as a category would be read; None where there is no value.
    counts : Series
        Rows of each text, most frequent first, ties in the order of the text.
    """

    name: str
    holds: Holds
    values: np.ndarray[Any, Any]
    texts: np.ndarray[Any, Any]
    counts: pd.Series

    @property
    def n_rows(self) -> int:
        """Rows of the table."""
        return len(self.values)

    @property
    def n_missing(self) -> int:
        """Rows without a value."""
        return self.n_rows - int(self.counts.sum())

    @property
    def n_unique(self) -> int:
        """Distinct values; numbers count as numbers, so that ``1`` and ``1.0`` are one."""
        return len(self.counts) if self.holds == "text" else int(pd.Series(self.values).nunique())

    def examples(self) -> dict[str, float]:
        """Return the most frequent texts with their share of all rows."""
        return {str(text): float(count) / self.n_rows for text, count in self.counts.head(_N_EXAMPLES).items()}


def read_cells(name: str, column: pd.Series) -> Cells:
    """Read a column of a raw table.

    Parameters
    ----------
    name : str
    column : Series of length n_rows
        As `read_table` returns it: text, or the native types of Parquet and JSON.

    Examples
    --------
    >>> numbers = read_cells("a", pd.Series(["1", "NA", "2.5"], dtype=object))
    >>> texts = read_cells("b", pd.Series(["x", "NA", "z"], dtype=object))
    >>> numbers.holds, numbers.n_missing, texts.holds, texts.n_missing
    ('number', 1, 'text', 0)
    """
    holds, values = _read_narrowly(column)
    texts, rejected = parse_column(column, "category")
    for row in rejected:
        texts[row] = str(column.iloc[row])
    if holds != "text":
        texts[pd.isna(values)] = None
    counts = pd.Series(texts, dtype=object).value_counts()
    order = sorted(counts.index, key=lambda text: (-counts[text], text))
    return Cells(name, holds, values, texts, counts.loc[order])


def _read_narrowly(column: pd.Series) -> tuple[Holds, np.ndarray[Any, Any]]:
    """Try the types from the narrowest to the widest."""
    candidates: tuple[Holds, ...] = ("boolean", "number", "datetime")
    if column.dtype == object and _are_compact_dates(column):
        candidates = ("datetime",)
    for holds in candidates:
        values, rejected = parse_column(column, holds)
        if rejected or pd.isna(values).all():
            continue
        if holds == "boolean" and not _are_both(column, values):
            continue
        if holds == "number" and _are_long_codes(column, values):
            continue
        return holds, values
    return "text", parse_column(column, "category")[0]


def _are_both(column: pd.Series, values: np.ndarray[Any, Any]) -> bool:
    """Say whether there are exactly two texts, one for yes and one for no."""
    spellings = column[~pd.isna(values)].astype(str).nunique()
    return bool(spellings == 2 and pd.Series(values).nunique() == 2)


def _are_long_codes(column: pd.Series, values: np.ndarray[Any, Any]) -> bool:
    """Say whether some have more digits than a float holds: only as text do they stay what they are."""
    large = column[np.nan_to_num(np.abs(values)) >= _LARGEST_EXACT].astype(str)
    return bool(large.str.fullmatch(r"[+-]?\d+").any())


def _are_compact_dates(column: pd.Series) -> bool:
    """Say whether every text is a date without hyphens, such as 20240531, which is a number as well."""
    texts = column[column.map(lambda value: isinstance(value, str) and value != "")]
    return len(texts) > 0 and bool(texts.str.fullmatch(_COMPACT_DATE).all())


def rows_with_value(cells: Cells) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return a mask of the rows that have a value."""
    return ~pd.isna(pd.Series(cells.values)).to_numpy()
