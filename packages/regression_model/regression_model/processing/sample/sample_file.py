"""Where the embedded **synthetic** sample lies, and how its bytes are written."""

from __future__ import annotations

import gzip
import io
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from regression_model.errors import DataNotFoundError

if TYPE_CHECKING:
    import pandas as pd

SAMPLE_FILE_NAME = "house_prices_sample.csv.gz"

SAMPLE_NOTICE = (
    "This sample is synthetic: a seeded generator made it, and no row of it is a real house sale. "
    "It is there to try the software out; scores on it say nothing about real houses."
)


def load_sample_path() -> Path:
    """Find the embedded sample, a gzip-compressed CSV file of 800 rows and 81 columns.

    Returns
    -------
    pathlib.Path
        The file inside the installed package.

    Raises
    ------
    DataNotFoundError
        If the package was installed without the file, or is imported from a zip file.
    """
    found = files("regression_model.processing.sample").joinpath(SAMPLE_FILE_NAME)
    if not isinstance(found, Path) or not found.is_file():
        raise DataNotFoundError(
            f"expected the embedded sample at {found}, but there is no such file on disk; "
            "install the package again from its wheel, unpacked, or pass a table of your own"
        )
    return found


def build_csv_bytes(sample: pd.DataFrame) -> bytes:
    """Write a sample as CSV: UTF-8, lines end with a line feed, unknown values are empty fields.

    Parameters
    ----------
    sample : pandas.DataFrame
        What `generate_sample` returned.

    Returns
    -------
    bytes
        The same bytes on every system.
    """
    return sample.to_csv(index=False, lineterminator="\n").encode("utf-8")


def write_sample(path: Path, sample: pd.DataFrame) -> None:
    """Write a sample as a compressed file that holds neither a time nor a file name.

    Parameters
    ----------
    path : pathlib.Path
        The file to write; an existing one is replaced.
    sample : pandas.DataFrame
        What `generate_sample` returned.
    """
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", fileobj=buffer, mode="wb", compresslevel=9, mtime=0) as stream:
        stream.write(build_csv_bytes(sample))
    path.write_bytes(buffer.getvalue())
