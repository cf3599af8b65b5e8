"""Snapshots: any table frozen into a Parquet file that is named by its digest and never changes.

Each name is imported when it is first used: pyarrow and SQLAlchemy are optional.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from regression_model.processing.snapshots.database import Database, read_query
    from regression_model.processing.snapshots.files import read_config_table, read_file, read_openml
    from regression_model.processing.snapshots.freezing import RawTable, Snapshot, freeze
    from regression_model.processing.snapshots.statement import Query, build_query
    from regression_model.processing.snapshots.treatment import AsOf, Treatment

__all__ = [
    "AsOf",
    "Database",
    "Query",
    "RawTable",
    "Snapshot",
    "Treatment",
    "build_query",
    "freeze",
    "read_config_table",
    "read_file",
    "read_openml",
    "read_query",
]

_HOME_OF = {
    "AsOf": "treatment",
    "Database": "database",
    "Query": "statement",
    "RawTable": "freezing",
    "Snapshot": "freezing",
    "Treatment": "treatment",
    "build_query": "statement",
    "freeze": "freezing",
    "read_config_table": "files",
    "read_file": "files",
    "read_openml": "files",
    "read_query": "database",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of these names
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)
