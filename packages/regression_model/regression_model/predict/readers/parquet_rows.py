"""Rows of a Parquet file, read a batch at a time; only the columns that are needed are touched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO, TYPE_CHECKING, Any

from regression_model.errors import InputDataError, MissingExtraError
from regression_model.predict.readers.arrow_columns import to_floats, to_texts
from regression_model.predict.readers.base import Chunk, RowReader
from regression_model.schema import Schema

if TYPE_CHECKING:
    import pandas as pd


class ParquetReader(RowReader):
    """Reads Parquet: numbers, booleans and times in their own types, text as ``object`` with None.

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
            self._file = pq.ParquetFile(stream)
        except self._faults as error:
            raise InputDataError(f"{name}: not a sound Parquet file: {error}") from error
        schema = self._file.schema_arrow
        self.columns = [str(column) for column in schema.names]
        self.types = dict(zip(self.columns, schema.types, strict=True))

    def read(
        self, schema: Schema, keep: Sequence[str] | None, chunk_rows: int, *, as_arrays: bool = False
    ) -> Iterator[Chunk]:
        """Yield the rows; see `RowReader.read`."""
        read = {feature.name: feature.dtype for feature in schema if feature.name in self.types}
        kept = self.columns if keep is None else list(keep)
        batches = self._file.iter_batches(chunk_rows, columns=list(dict.fromkeys([*read, *kept])))
        while True:
            try:
                batch = next(batches, None)
            except self._faults as error:
                raise InputDataError(f"{self._name}, after row {self._done}: damaged: {error}") from error
            if batch is None:
                return
            columns = {name: _convert(batch.column(name), dtype, as_arrays) for name, dtype in read.items()}
            inputs = {name: batch.column(name).to_pylist() for name in kept}
            first_row, self._done = self._done + 1, self._done + batch.num_rows
            yield Chunk(first_row, batch.num_rows, columns, {}, inputs)

    def progress(self) -> tuple[int, int | None]:
        """Return rows; see `RowReader.progress`."""
        return self._done, self._file.metadata.num_rows


def _convert(column: Any, dtype: str, as_arrays: bool) -> Any:  # noqa: ANN401 - of pyarrow; to what the model takes
    """Turn a column into an array or text, where that is what its values would become one by one."""
    import pyarrow.types as kinds

    if as_arrays:
        held = column.type.value_type if kinds.is_dictionary(column.type) else column.type
        is_number = kinds.is_integer(held) or kinds.is_floating(held)
        if dtype in ("number", "integer") and is_number and held is column.type:
            return to_floats(column)
        if dtype == "category" and (kinds.is_string(held) or kinds.is_large_string(held)):
            return to_texts(column)
    series = _to_series(column)
    if not as_arrays:
        return series
    from regression_model.predict.frames import list_values

    return list_values(series, dtype)


def _to_series(column: Any) -> pd.Series:  # noqa: ANN401 - a pyarrow array
    """Turn a column into what `read_table` makes of it."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.types as kinds

    if kinds.is_decimal(column.type):
        column = column.cast(pa.float64())
    if kinds.is_dictionary(column.type):
        column = column.dictionary_decode()
    if kinds.is_temporal(column.type) and not kinds.is_time(column.type):
        return pd.Series(column.to_pandas(date_as_object=False))
    if kinds.is_floating(column.type) or kinds.is_integer(column.type):
        return pd.Series(column.to_pandas())
    return pd.Series(column.to_pylist(), dtype=object)
