"""Tables: where they are found, how they are downloaded, and how they are read."""

from __future__ import annotations

from regression_model.processing.datasets.download import DownloadRecord, download
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
    "download",
    "load_dataset",
    "read_locations",
    "read_table",
]
