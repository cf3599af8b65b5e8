"""Tables: where they are found, how they are downloaded, and how they are read.

Each name is imported when it is first used: tables need pandas, a few of the modules here do not.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from regression_model.processing.datasets.download import DownloadRecord
    from regression_model.processing.datasets.environment import DataLocations, read_locations
    from regression_model.processing.datasets.finding import load_dataset
    from regression_model.processing.datasets.provenance import Dataset, Provenance
    from regression_model.processing.datasets.reading import read_table
    from regression_model.processing.datasets.transfer import DownloadSettings, Progress

__all__ = [
    "DataLocations",
    "Dataset",
    "DownloadRecord",
    "DownloadSettings",
    "Progress",
    "Provenance",
    "load_dataset",
    "read_locations",
    "read_table",
]

_HOME_OF = {
    "DownloadRecord": "download",
    "DataLocations": "environment",
    "read_locations": "environment",
    "load_dataset": "finding",
    "Dataset": "provenance",
    "Provenance": "provenance",
    "read_table": "reading",
    "DownloadSettings": "transfer",
    "Progress": "transfer",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of these names
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)
