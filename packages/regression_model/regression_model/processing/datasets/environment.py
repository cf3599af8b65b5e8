"""The one place where data's folders and servers are read from the environment."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from regression_model.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_OPENML_URL = "https://www.openml.org"


@dataclass(frozen=True)
class DataLocations:
    """Where tables are looked for.

    Attributes
    ----------
    data_dir : pathlib.Path or None
        Folder of the user's own tables; None if there is none.
    cache_dir : pathlib.Path
        Folder that downloads are kept in. It need not exist yet.
    openml_url : str, default "https://www.openml.org"
        Root of the OpenML server or of a mirror, without a slash at its end.
    """

    data_dir: Path | None
    cache_dir: Path
    openml_url: str = DEFAULT_OPENML_URL


def read_locations(environ: Mapping[str, str] | None = None) -> DataLocations:
    """Read the locations from the environment; a variable that is empty counts as not set.

    ``REGRESSION_MODEL_DATA`` is the folder of tables, ``REGRESSION_MODEL_CACHE`` that of downloads
    (default: ``regression_model`` in the platform's cache folder, ``$XDG_CACHE_HOME`` or
    ``~/.cache`` on Linux), ``REGRESSION_MODEL_OPENML_URL`` the OpenML server.

    Parameters
    ----------
    environ : mapping of str to str, optional
        Default: `os.environ`.

    Returns
    -------
    DataLocations
        The locations, of which none has been touched.

    Raises
    ------
    DataError
        The OpenML URL is not http or https, or no cache folder is named and the user has no home.

    Examples
    --------
    >>> read_locations({"REGRESSION_MODEL_CACHE": "cached", "REGRESSION_MODEL_DATA": ""}).data_dir
    """
    variables = os.environ if environ is None else environ  # noqa: TID251 - this is that one function
    data_dir = variables.get("REGRESSION_MODEL_DATA")
    cache_dir = variables.get("REGRESSION_MODEL_CACHE")
    openml_url = variables.get("REGRESSION_MODEL_OPENML_URL") or DEFAULT_OPENML_URL
    if not openml_url.startswith(("https://", "http://")):
        raise DataError(f"REGRESSION_MODEL_OPENML_URL: expected an http or https URL, found {openml_url!r}")
    try:
        return DataLocations(
            data_dir=Path(data_dir).expanduser() if data_dir else None,
            cache_dir=Path(cache_dir).expanduser() if cache_dir else _platform_cache(variables),
            openml_url=openml_url.rstrip("/"),
        )
    except RuntimeError as error:  # pathlib's, where a user has no home folder
        raise DataError("no home folder to keep downloads in: set REGRESSION_MODEL_CACHE to a folder") from error


def _platform_cache(variables: Mapping[str, str]) -> Path:
    """Name the folder for caches that the platform's conventions give."""
    if sys.platform == "win32":
        local = variables.get("LOCALAPPDATA")
        root = Path(local) if local else Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        root = Path.home() / "Library" / "Caches"
    else:
        # The XDG base directory specification: a relative path is invalid and to be ignored.
        named = Path(variables.get("XDG_CACHE_HOME") or ".")
        root = named if named.is_absolute() else Path.home() / ".cache"
    return root / "regression_model"
