"""An OpenML dataset id to the file that holds the table.

API: https://www.openml.org/apis (``data/{id}``).
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, replace
from typing import Any

from regression_model.errors import DownloadError
from regression_model.processing.datasets.transfer import DownloadSettings, transfer

_MAX_DESCRIPTION_BYTES = 4 << 20
_SUFFIXES = {"arff": ".arff", "csv": ".csv", "parquet": ".parquet", "json": ".json"}


@dataclass(frozen=True)
class OpenMLFile:
    """Where OpenML keeps a table.

    Attributes
    ----------
    name : str
        OpenML's name for the dataset.
    url : str
        Of the file.
    md5 : str or None
        Of the file's bytes, in hexadecimal, if OpenML states it.
    suffix : str
        Format of the file, such as ``.arff``.
    """

    name: str
    url: str
    md5: str | None
    suffix: str


def find_openml_file(dataset_id: int, openml_url: str, settings: DownloadSettings | None = None) -> OpenMLFile:
    """Ask OpenML where the file of a dataset is.

    Parameters
    ----------
    dataset_id : int
        The number in the dataset's page on OpenML; it names one version of one dataset.
    openml_url : str
        Root of the server, such as ``https://www.openml.org``.
    settings : DownloadSettings, optional
        Limits, waits and retries.

    Returns
    -------
    OpenMLFile
        URL, checksum and format.

    Raises
    ------
    DownloadError
        The server does not answer, knows no such dataset (it says HTTP 412), describes it in a
        form unknown here, or the dataset's format can't be read.
    """
    url = f"{openml_url.rstrip('/')}/api/v1/json/data/{dataset_id}"
    stream = io.BytesIO()
    limits = replace(settings or DownloadSettings(), max_bytes=_MAX_DESCRIPTION_BYTES)
    try:
        transfer(url, stream, limits)
    except DownloadError as error:
        raise DownloadError(f"OpenML dataset {dataset_id}: no description: {error}") from error
    description = _parse_description(stream.getvalue(), dataset_id)
    file_format = str(description.get("format", "arff"))
    suffix = _SUFFIXES.get(file_format.lower())
    if suffix is None:
        raise DownloadError(
            f"OpenML dataset {dataset_id}: its format is {file_format!r}; expected one of {sorted(_SUFFIXES)}"
        )
    return OpenMLFile(
        name=str(description.get("name", dataset_id)),
        url=description["url"],
        md5=description.get("md5_checksum") or None,
        suffix=suffix,
    )


def _parse_description(content: bytes, dataset_id: int) -> dict[str, Any]:
    """Take the description out of OpenML's answer and check the fields that are used."""
    try:
        description = json.loads(content)["data_set_description"]
        usable = isinstance(description["url"], str) and isinstance(description.get("md5_checksum"), str | None)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DownloadError(
            f"OpenML dataset {dataset_id}: the answer is not a description with a url: {error!r}"
        ) from error
    if not usable:
        raise DownloadError(f"OpenML dataset {dataset_id}: url and md5_checksum must be texts")
    return dict(description)
