"""Rows of a Parquet file, read a batch at a time; only the columns that are needed are touched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO, TYPE_CHECKING, Any

from regression_model.errors import InputDataError, MissingExtraError
from regression_model.predict.readers.arrow_columns import to_floats, to_texts
from regression_model.predict.readers.base import Chunk, RowReader
from regression_model.schema import Feature, Schema

if TYPE_CHECKING:
    import pandas as pd

_BUFFER_BYTES = 1 << 16
"""Of each column; by default pyarrow holds a whole row group as it is packed, which may be all rows there are."""


class ParquetReader(RowReader):
    """Reads Parquet: numbers, booleans and times in their own types, missing text as None.

    Parameters
    ----------
    stream : binary file
        Can be sought in.
    name : str
        For messages.

    Raises
    ------
    InputDataError
        If it is no sound Parquet file.
    MissingExtraError
        If pyarrow is not installed.
    """

    columns: list[str]

    def __init__(self, stream: IO[bytes], name: str) -> None:
        try:
            import pyarrow as pa
            import pyarrow.parquet as pq
        except ImportError as error:
            raise MissingExtraError("Parquet", "parquet") from error
        self._name = name
        self._faults = (pa.ArrowException, OSError)
        self._done = 0
        try:
            self._file = pq.ParquetFile(stream, buffer_size=_BUFFER_BYTES, pre_buffer=False)
        except self._faults as error:
            raise InputDataError(f"{name}: not a sound Parquet file: {error}") from error
        schema = self._file.schema_arrow
        self.columns = [str(column) for column in schema.names]
        self.types = dict(zip(self.columns, schema.types, strict=True))

    def read(
        self, schema: Schema, keep: Sequence[str] | None, chunk_rows: int, *, as_arrays: bool = False
    ) -> Iterator[Chunk]:
        """Yield the rows; see `RowReader.read`."""
        read = [feature for feature in schema if feature.name in self.types]
        kept = self.columns if keep is None else list(keep)
        batches = self._file.iter_batches(
            chunk_rows, columns=list(dict.fromkeys([*(feature.name for feature in read), *kept]))
        )
        while True:
            try:
                batch = next(batches, None)
            except self._faults as error:
                raise InputDataError(f"{self._name}, after row {self._done}: damaged: {error}") from error
            if batch is None:
                return
            columns = {feature.name: batch.column(feature.name) for feature in read}
            if as_arrays:
                rows = {feature.name: _convert(columns[feature.name], feature, schema) for feature in read}
            else:
                rows = {name: _to_series(column) for name, column in columns.items()}
            inputs = {name: batch.column(name).to_pylist() for name in kept}
            first_row, self._done = self._done + 1, self._done + batch.num_rows
            yield Chunk(first_row, batch.num_rows, rows, {}, inputs)

    def progress(self) -> tuple[int, int | None]:
        """Return rows; see `RowReader.progress`."""
        return self._done, self._file.metadata.num_rows


def _convert(column: Any, feature: Feature, schema: Schema) -> Any:  # noqa: ANN401 - from pyarrow to what models take
    """Turn a column into an array or text, where that is what its values would become one by one; else into a list."""
    import pyarrow.types as kinds

    held = column.type.value_type if kinds.is_dictionary(column.type) else column.type
    is_number = kinds.is_integer(held) or kinds.is_floating(held)
    if feature.dtype in ("number", "integer") and is_number and held is column.type:
        return to_floats(column)
    if feature.dtype == "category":
        if kinds.is_string(held) or kinds.is_large_string(held):
            return to_texts(column)
        if kinds.is_integer(held) and not schema.missing_values:  # those mean text, never a number that is none
            return to_texts(column)
    if kinds.is_decimal(held) or (kinds.is_temporal(held) and not kinds.is_time(held)):
        from regression_model.predict.frames import list_values

        return list_values(_to_series(column), feature.dtype)
    return column.to_pylist()


def _to_series(column: Any) -> pd.Series:  # noqa: ANN401 - a pyarrow array
    """Turn a column into what `read_table` makes of it."""
    import pandas as pd
    import pyarrow.types as kinds

    from regression_model.processing.datasets.parquet_table import decimals_to_floats

    if kinds.is_decimal(column.type):
        column = decimals_to_floats(column)
    if kinds.is_dictionary(column.type):
        column = column.dictionary_decode()
    if kinds.is_temporal(column.type) and not kinds.is_time(column.type):
        return pd.Series(column.to_pandas(date_as_object=False))
    if kinds.is_floating(column.type) or kinds.is_integer(column.type):
        return pd.Series(column.to_pandas())
    return pd.Series(column.to_pylist(), dtype=object)
