"""One table file of any supported format to a raw frame, in an order that never varies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from regression_model.errors import DataError, DataNotFoundError
from regression_model.processing.datasets.arff import parse_arff
from regression_model.processing.datasets.delimited import parse_delimited
from regression_model.processing.datasets.encoded_text import read_text
from regression_model.processing.datasets.json_table import parse_json, parse_ndjson
from regression_model.processing.datasets.parquet_table import read_parquet
from regression_model.processing.datasets.ranking import rank_values
from regression_model.suggestions import suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

_TEXT_FORMATS: dict[str, Callable[[str, str], pd.DataFrame]] = {
    ".csv": parse_delimited,
    ".tsv": parse_delimited,
    ".json": parse_json,
    ".ndjson": parse_ndjson,
    ".jsonl": parse_ndjson,
    ".arff": parse_arff,
}
_JSON_FORMATS = {
    f"{suffix}{packed}": parse
    for suffix, parse in ((".json", parse_json), (".ndjson", parse_ndjson), (".jsonl", parse_ndjson))
    for packed in ("", ".gz")
}
#: What a table's file name may end in, compression included; the first ones are looked for first.
TABLE_SUFFIXES = (
    *(".csv", ".csv.gz", ".parquet", ".json", ".json.gz", ".arff", ".arff.gz"),
    *(".tsv", ".tsv.gz", ".ndjson", ".ndjson.gz", ".jsonl", ".jsonl.gz"),
)


def find_table_suffix(name: str) -> str | None:
    """Find the ending that says which format a file name has, or None.

    Parameters
    ----------
    name : str
        A file name.

    Returns
    -------
    str or None
        One of `TABLE_SUFFIXES`.

    Examples
    --------
    >>> find_table_suffix("Houses.CSV.gz")
    '.csv.gz'
    >>> find_table_suffix("houses.xlsx")
    """
    return next((suffix for suffix in TABLE_SUFFIXES if name.lower().endswith(suffix)), None)


def read_table(path: Path, *, order_by: Sequence[str] = (), with_series: bool = False) -> pd.DataFrame:
    """Read a table as a raw frame.

    The file's name says its format: ``.csv``, ``.tsv``, ``.json``, ``.ndjson``, ``.jsonl`` and
    ``.arff``, each also with ``.gz``, and ``.parquet``.

    Parameters
    ----------
    path : pathlib.Path
        The file. It is read into memory as a whole.
    order_by : sequence of str, default ()
        Columns to sort the rows by, ascending and stably: as numbers where every value is one,
        else as text; missing values last. By default rows keep the order of the file.
    with_series : bool, default False
        Whether a cell of JSON may be a list of numbers.

    Returns
    -------
    pandas.DataFrame of shape (n_rows, n_columns)
        Every column as read: from CSV and ARFF ``object`` columns of ``str`` with ``""`` for an
        empty cell; from JSON and Parquet their own types, where text is ``object`` with None for
        a missing value. The index is ``RangeIndex(n_rows)``, column names are unique.

    Raises
    ------
    DataNotFoundError
        There is no such file.
    DataError
        It can't be read as a table of at least one row and one column.
    MissingExtraError
        The file is Parquet and pyarrow is not installed.
    """
    if not path.exists():
        raise DataNotFoundError(f"no table at {path}")
    suffix = find_table_suffix(path.name)
    if suffix is None:
        raise DataError(f"{path.name}: unknown table format; expected a name that ends in one of {TABLE_SUFFIXES}")
    try:
        if suffix == ".parquet":
            frame = read_parquet(path)
        elif with_series and suffix in _JSON_FORMATS:
            frame = _JSON_FORMATS[suffix](read_text(path), path.name, with_series=True)
        else:
            frame = _TEXT_FORMATS[suffix.removesuffix(".gz")](read_text(path), path.name)
    except OSError as error:
        raise DataError(f"{path}: can't be read: {error.strerror or error}") from error
    _check_columns(frame, path.name)
    return _sort(frame, order_by, path.name).reset_index(drop=True)


def _check_columns(frame: pd.DataFrame, file_name: str) -> None:
    """Refuse a table without columns or rows, and column names that are empty or occur twice."""
    names = list(frame.columns)
    if not names and not len(frame):
        raise DataError(f"{file_name}: the table has no columns and no rows")
    for place, name in enumerate(names, start=1):
        if not name.strip():
            raise DataError(
                f"{file_name}: column {place} has no name; name it, or leave it out "
                "(pandas writes its row labels so, unless told index=False)"
            )
        if names.index(name) < place - 1:
            raise DataError(
                f"{file_name}: columns {names.index(name) + 1} and {place} are both named {name!r}; "
                "column names must be unique"
            )
    if frame.empty:
        raise DataError(f"{file_name}: the table has {len(names)} columns and no rows")


def _sort(frame: pd.DataFrame, order_by: Sequence[str], file_name: str) -> pd.DataFrame:
    """Sort the rows by the named columns; rows that are equal in all of them keep their order."""
    for name in order_by:
        if name not in frame.columns:
            hint = suggest(name, list(frame.columns))
            raise DataError(f"{file_name}: can't order by {name!r}: there is no such column{hint}")
    if not order_by:
        return frame
    # lexsort is stable, and its last key is the first to sort by.
    return frame.iloc[np.lexsort([rank_values(frame[name]) for name in reversed(order_by)])]
