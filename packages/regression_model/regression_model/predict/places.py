"""Where rows come from and predictions go to: a file whose name says its format, or a stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Literal

from regression_model.errors import InputDataError

if TYPE_CHECKING:
    from pathlib import Path

Format = Literal["csv", "parquet", "ndjson", "json"]

FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".csv.gz": "csv",
    ".parquet": "parquet",
    ".ndjson": "ndjson",
    ".ndjson.gz": "ndjson",
    ".jsonl": "ndjson",
    ".jsonl.gz": "ndjson",
}
"""By the ending of a file's name. Each can be read and written in pieces."""

READ_FORMATS: dict[str, Format] = {**FORMATS, ".json": "json"}
"""Those that can be read: a JSON document comes as a whole, and isn't written."""


@dataclass(frozen=True)
class Place:
    """A file or a stream of rows.

    Attributes
    ----------
    format : {"csv", "parquet", "ndjson", "json"}
    path : Path, optional
        The file; None for a stream.
    stream : binary file, optional
        Open; used if there is no path. Parquet can't be streamed.
    """

    format: Format
    path: Path | None = None
    stream: IO[bytes] | None = None

    @property
    def name(self) -> str:
        """What to call it in messages."""
        return "the stream" if self.path is None else self.path.name

    @property
    def is_packed(self) -> bool:
        """Whether its name asks for gzip."""
        return self.path is not None and self.path.name.lower().endswith(".gz")


def find_format(name: str, *, reading: bool = False) -> Format:
    """Tell the format by a file's name.

    Parameters
    ----------
    name : str
        A file name or path.
    reading : bool
        Whether it is to be read.

    Raises
    ------
    InputDataError
        If its ending is none of `FORMATS`, or `READ_FORMATS`.

    Examples
    --------
    >>> find_format("houses.CSV.gz")
    'csv'
    >>> find_format("houses.xlsx")
    Traceback (most recent call last):
    ...
    regression_model.errors.InputDataError: houses.xlsx: expected a name that ends in .csv, .csv.gz, .parquet, \
.ndjson, .ndjson.gz, .jsonl or .jsonl.gz
    """
    formats = READ_FORMATS if reading else FORMATS
    for ending, known in formats.items():
        if name.lower().endswith(ending):
            return known
    *others, last = formats
    raise InputDataError(f"{name}: expected a name that ends in {', '.join(others)} or {last}")
