"""Rows of one JSON document: a table in any of the forms that a training table may have."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from typing import IO, TYPE_CHECKING

from regression_model.errors import DataError, InputDataError
from regression_model.predict.readers.base import Chunk, RowReader
from regression_model.schema import Schema

if TYPE_CHECKING:
    import pandas as pd

    from regression_model.config.time_series import TimeSeriesConfig


class JsonReader(RowReader):
    """Reads a whole JSON document into memory; raw measurements are gathered into one row for each series.

    Parameters
    ----------
    stream : binary file
    name : str
        For messages.
    settings : TimeSeriesConfig, optional
        Those of a model that was trained on measurements.
    missing_values : collection of str
        Texts that mean "unknown" in measurements.

    Attributes
    ----------
    id_column : str or None
        Where measurements were gathered, the column that says to which series a row belongs.

    Raises
    ------
    InputDataError
        If it holds no table.
    """

    def __init__(
        self,
        stream: IO[bytes],
        name: str,
        settings: TimeSeriesConfig | None = None,
        missing_values: Collection[str] = (),
    ) -> None:
        self.id_column: str | None = None
        self._frame = self._gather(_read(stream, name), settings, missing_values)
        self.columns = [str(column) for column in self._frame.columns]
        self._done = 0

    def _gather(
        self, frame: pd.DataFrame, settings: TimeSeriesConfig | None, missing_values: Collection[str]
    ) -> pd.DataFrame:
        from regression_model.processing.time_series.requests import gather_request

        gathered = None if settings is None else gather_request(frame, settings, missing_values)
        if settings is None or gathered is None:
            return frame
        self.id_column = settings.id
        return gathered

    def read(
        self, schema: Schema, keep: Sequence[str] | None, chunk_rows: int, *, as_arrays: bool = False
    ) -> Iterator[Chunk]:
        """Yield the rows; see `RowReader.read`."""
        del as_arrays
        cells = {str(name): self._frame[name].astype(object).tolist() for name in self._frame.columns}
        copied = list(cells) if keep is None else list(keep)
        for start in range(0, len(self._frame), chunk_rows):
            part = {name: values[start : start + chunk_rows] for name, values in cells.items()}
            rows = {name: values for name, values in part.items() if name in schema.names}
            n_rows = min(chunk_rows, len(self._frame) - start)
            self._done = start + n_rows
            yield Chunk(start + 1, n_rows, rows, {}, {name: part[name] for name in copied})

    def progress(self) -> tuple[int, int | None]:
        """Return rows; see `RowReader.progress`."""
        return self._done, len(self._frame)


def _read(stream: IO[bytes], name: str) -> pd.DataFrame:
    from regression_model.processing.datasets.json_table import parse_json

    try:
        return parse_json(stream.read().decode("utf-8"), name, with_series=True)
    except UnicodeDecodeError as error:
        raise InputDataError(f"{name}: not encoded in UTF-8: see byte {error.start}") from None
    except (DataError, json.JSONDecodeError) as error:
        raise InputDataError(str(error)) from error
