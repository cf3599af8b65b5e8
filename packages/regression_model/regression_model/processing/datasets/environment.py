"""The one place where data's folders and servers are read from the environment."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from regression_model.errors import DataError
from regression_model.processing.datasets.shown_url import hide_secrets

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

DEFAULT_OPENML_URL = "https://www.openml.org"

_TRACKING = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}


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
    snapshot_dir : pathlib.Path or None, default None
        Folder of snapshots, if one is named; see `snapshots`.
    """

    data_dir: Path | None
    cache_dir: Path
    openml_url: str = DEFAULT_OPENML_URL
    snapshot_dir: Path | None = None

    @property
    def snapshots(self) -> Path:
        """Folder of snapshots: by default beside that of downloads, which may be emptied at any time.

        Raises
        ------
        DataError
            None is named, and downloads are kept in the root folder, which has nothing beside it.
        """
        if self.snapshot_dir is not None:
            return self.snapshot_dir
        # "." and ".." have no name of their own; a named folder stays as it is written, also if it is a link.
        cache_dir = self.cache_dir if self.cache_dir.name not in ("", "..") else self.cache_dir.resolve()
        if not cache_dir.name:
            raise DataError(
                f"no folder can lie beside that of downloads, {str(cache_dir)!r}: set REGRESSION_MODEL_SNAPSHOTS to "
                "the folder of snapshots, or REGRESSION_MODEL_CACHE to another one"
            )
        return cache_dir.with_name(f"{cache_dir.name}_snapshots")


def read_locations(environ: Mapping[str, str] | None = None) -> DataLocations:
    """Read the locations from the environment; a variable that is empty counts as not set.

    ``REGRESSION_MODEL_DATA`` is the folder of tables, ``REGRESSION_MODEL_CACHE`` that of downloads
    (default: ``regression_model`` in the platform's cache folder, ``$XDG_CACHE_HOME`` or
    ``~/.cache`` on Linux), ``REGRESSION_MODEL_OPENML_URL`` the OpenML server, and
    ``REGRESSION_MODEL_SNAPSHOTS`` the folder of snapshots (default: beside that of downloads).

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
    variables = _variables(environ)
    data_dir = variables.get("REGRESSION_MODEL_DATA")
    cache_dir = variables.get("REGRESSION_MODEL_CACHE")
    snapshot_dir = variables.get("REGRESSION_MODEL_SNAPSHOTS")
    openml_url = variables.get("REGRESSION_MODEL_OPENML_URL") or DEFAULT_OPENML_URL
    if not openml_url.startswith(("https://", "http://")):
        raise DataError(
            f"REGRESSION_MODEL_OPENML_URL: expected an http or https URL, found {hide_secrets(openml_url)!r}"
        )
    try:
        return DataLocations(
            data_dir=Path(data_dir).expanduser() if data_dir else None,
            cache_dir=Path(cache_dir).expanduser() if cache_dir else _platform_cache(variables),
            openml_url=openml_url.rstrip("/"),
            snapshot_dir=Path(snapshot_dir).expanduser() if snapshot_dir else None,
        )
    except RuntimeError as error:  # pathlib's, where a user has no home folder
        raise DataError("no home folder to keep downloads in: set REGRESSION_MODEL_CACHE to a folder") from error


def read_secret(name: str, what: str, environ: Mapping[str, str] | None = None) -> str:
    """Read a secret from the variable that the user names: secrets have no place on a command line.

    Parameters
    ----------
    name : str
        Name of the variable.
    what : str
        What it should hold, for the message.
    environ : mapping of str to str, optional
        Default: `os.environ`.

    Raises
    ------
    DataError
        The variable is not set, or empty.

    Examples
    --------
    >>> read_secret("KEY", "the key", {"KEY": "open sesame"})
    'open sesame'
    """
    value = _variables(environ).get(name)
    if not value:
        raise DataError(f"the environment variable {name} should hold {what}, but it is not set")
    return value


def read_tracking_uri(environ: Mapping[str, str] | None = None) -> str | None:
    """Read which MLflow server is told of runs (``MLFLOW_TRACKING_URI``); None if there is none.

    Parameters
    ----------
    environ : mapping of str to str, optional
        Default: `os.environ`.

    Examples
    --------
    >>> read_tracking_uri({"MLFLOW_TRACKING_URI": "http://127.0.0.1:5000"})
    'http://127.0.0.1:5000'
    """
    return _variables(environ).get("MLFLOW_TRACKING_URI") or None


def prepare_tracking(environ: MutableMapping[str, str] | None = None) -> None:
    """Set how MLflow's client behaves, before it is imported, where the user has not.

    It waits seconds and not minutes for a server, writes nothing to stdout, and reports to nobody but that server.

    Parameters
    ----------
    environ : mutable mapping of str to str, optional
        Default: `os.environ`.
    """
    variables = os.environ if environ is None else environ  # noqa: TID251 - its client has no other way to be told
    for name, value in _TRACKING.items():
        variables.setdefault(name, value)


def _variables(environ: Mapping[str, str] | None) -> Mapping[str, str]:
    return os.environ if environ is None else environ  # noqa: TID251 - this is that one function


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
