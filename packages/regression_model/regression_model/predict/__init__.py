"""Predictions: for rows in memory, and for files in chunks.

Each name is imported when it is first used: files need pandas, rows do not.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from regression_model.predict.files import FileJob, FileSummary, predict_file
    from regression_model.predict.places import Place, find_format
    from regression_model.predict.rows import make_prediction

__all__ = ["FileJob", "FileSummary", "Place", "find_format", "make_prediction", "predict_file"]

_HOME_OF = {
    "FileJob": "files",
    "FileSummary": "files",
    "Place": "places",
    "find_format": "places",
    "make_prediction": "rows",
    "predict_file": "files",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of these names
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)
