"""Parquet to a frame, without pandas' metadata: the file's columns are the table's columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from regression_model.errors import DataError, MissingExtraError

if TYPE_CHECKING:
    from pathlib import Path

_EXACT_TO = 1 << 53
# What pandas calls its row labels in the file when they have no name: no column of the table.
_ROW_LABELS = re.compile(r"__index_level_\d+__")


def read_parquet(path: Path) -> pd.DataFrame:
    """Read a flat Parquet file.

    Parameters
    ----------
    path : pathlib.Path
        An existing file.

    Returns
    -------
    pandas.DataFrame
        Numbers, booleans and times in their own types (decimals as float64, integers with missing
        values too unless one is beyond 2^53); text, dictionary columns and such large integers are
        ``object`` with None for a missing value.

    Raises
    ------
    DataError
        The file is damaged or a column is nested.
    MissingExtraError
        pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtraError("Parquet", "parquet") from error
    try:
        with path.open("rb") as stream:
            table = pq.ParquetFile(stream).read()
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{path.name}: not a sound Parquet file: {error}") from error
    for place, field in enumerate(table.schema):
        if pa.types.is_nested(field.type):
            raise DataError(f"{path.name}: column {field.name!r} holds {field.type}; expected single values")
        if pa.types.is_decimal(field.type):
            table = table.set_column(place, field.name, decimals_to_floats(table.column(place)))
    names = [str(name) for name in table.column_names]
    kept = [place for place, name in enumerate(names) if not _ROW_LABELS.fullmatch(name)]
    # Columns are numbered meanwhile, so that a name that occurs twice gets as far as the check for it.
    frame: pd.DataFrame = table.rename_columns([str(place) for place in range(len(names))]).to_pandas(
        ignore_metadata=True, date_as_object=False
    )
    for place in (place for place in kept if _is_beyond_floats(table.column(place))):
        frame[str(place)] = pd.Series(table.column(place).to_pylist(), dtype=object)
    plain = pd.DataFrame({place: _plain(frame[str(place)]) for place in kept})
    plain.columns = pd.Index([names[place] for place in kept])
    return plain


def decimals_to_floats(column: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Return the float next to each decimal, in training and in prediction.

    Parameters
    ----------
    column : pyarrow.Array or pyarrow.ChunkedArray of decimals

    Returns
    -------
    pyarrow.Array or pyarrow.ChunkedArray of float64
    """
    import pyarrow as pa

    # Arrow's own way from decimals to floats is off by a bit now and then; its reading of text is not.
    return column.cast(pa.string()).cast(pa.float64())


def _is_beyond_floats(column: Any) -> bool:  # noqa: ANN401 - pyarrow has no types
    """Tell whether pandas would make floats of integers that no float can tell apart."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_integer(column.type) or not column.null_count:
        return False
    ends = pc.min_max(column).as_py()
    return any(abs(end) > _EXACT_TO for end in ends.values() if end is not None)


def _plain(column: pd.Series) -> pd.Series:
    """Turn text and dictionary columns into ``object`` with None for a missing value."""
    if pd.api.types.is_object_dtype(column) or isinstance(column.dtype, (pd.StringDtype, pd.CategoricalDtype)):
        values = column.astype(object)
        return values.where(values.notna(), None)
    return column
