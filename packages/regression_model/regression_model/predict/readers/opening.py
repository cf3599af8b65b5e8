"""Opens a place of rows."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator
from typing import IO, TYPE_CHECKING

from regression_model.errors import InputDataError
from regression_model.predict.places import Place
from regression_model.predict.readers.base import RowReader
from regression_model.predict.readers.text_lines import TextLines

if TYPE_CHECKING:
    from regression_model.config.time_series import TimeSeriesConfig


@contextlib.contextmanager
def open_reader(
    source: Place, settings: TimeSeriesConfig | None = None, missing_values: Collection[str] = ()
) -> Iterator[RowReader]:
    """Open a file or stream of rows, and read as much as is needed to know its columns.

    Parameters
    ----------
    source : Place
    settings : TimeSeriesConfig, optional
        Those of a model that was trained on measurements: a JSON document may hold these.
    missing_values : collection of str
        Texts that mean "unknown" in such measurements.

    Raises
    ------
    InputDataError
        If there is no such file, or it is not what its name says.
    MissingExtraError
        If it is Parquet and pyarrow is not installed.
    """
    with contextlib.ExitStack() as stack:
        yield _reader(_open(source, stack), source, settings, missing_values)


def _open(source: Place, stack: contextlib.ExitStack) -> IO[bytes]:
    if source.path is None:
        if source.stream is None or source.format == "parquet":
            raise InputDataError("Parquet can't be read from a stream; save it to a file first")
        return source.stream
    try:
        return stack.enter_context(source.path.open("rb"))
    except OSError as error:
        raise InputDataError(f"{source.path}: can't be read: {error.strerror or error}") from error


def _reader(
    stream: IO[bytes], source: Place, settings: TimeSeriesConfig | None, missing_values: Collection[str]
) -> RowReader:
    if source.format == "json":
        from regression_model.predict.readers.json_rows import JsonReader

        return JsonReader(stream, source.name, settings, missing_values)
    if source.format == "parquet":
        from regression_model.predict.readers.parquet_rows import ParquetReader

        return ParquetReader(stream, source.name)
    if source.format == "ndjson":
        from regression_model.predict.readers.ndjson_rows import NdjsonReader

        return NdjsonReader(TextLines(stream, source.name))
    from regression_model.predict.readers.csv_rows import CsvReader
    from regression_model.predict.readers.text_blocks import TextBlocks

    return CsvReader(TextBlocks(stream, source.name))
