"""Opens a place for predictions, so that a file appears complete or not at all."""

from __future__ import annotations

import contextlib
import gzip
from collections.abc import Iterator
from typing import IO, cast

from regression_model.errors import InputDataError
from regression_model.predict.places import Place
from regression_model.predict.writers.base import Layout, RowWriter
from regression_model.processing.datasets.atomic import replacing


@contextlib.contextmanager
def open_target(target: Place) -> Iterator[IO[bytes]]:
    """Open a place for bytes: a file gets its name when the block ends without an error.

    Parameters
    ----------
    target : Place

    Raises
    ------
    InputDataError
        If it is a stream and the format needs a file.
    OSError
        If it can't be written.
    """
    if target.path is None:
        if target.stream is None or target.format == "parquet":
            raise InputDataError("Parquet can't be written to a stream; name a file")
        yield target.stream
        target.stream.flush()
        return
    with replacing(target.path) as stream:
        if not target.is_packed:
            yield stream
            return
        # No name and no time in the header: the same predictions give the same bytes.
        with gzip.GzipFile("", mode="wb", fileobj=stream, mtime=0) as packed:
            yield cast(IO[bytes], packed)


def open_writer(stream: IO[bytes], target: Place, layout: Layout) -> RowWriter:
    """Return the writer of the target's format.

    Parameters
    ----------
    stream : binary file
        As `open_target` yields it.
    target : Place
    layout : Layout

    Raises
    ------
    InputDataError
        If all fields of each row are to be copied, and the format needs to know them beforehand.
    MissingExtraError
        If it is Parquet and pyarrow is not installed.
    """
    if target.format == "ndjson":
        from regression_model.predict.writers.ndjson_rows import NdjsonWriter

        return NdjsonWriter(stream, layout)
    if layout.copied is None:
        raise InputDataError("which fields an NDJSON file has is not known beforehand; name those to copy")
    if target.format == "parquet":
        from regression_model.predict.writers.parquet_rows import ParquetWriter

        return ParquetWriter(stream, layout)
    from regression_model.predict.writers.csv_rows import CsvWriter

    return CsvWriter(stream, layout)
