"""Looks for a better model: many configurations, scored on the same folds, written down as they end.

Each name is imported when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from regression_model.search.isolated import run_search_isolated
    from regression_model.search.job import SearchJob, SearchResult
    from regression_model.search.replaying import Difference, replay_run
    from regression_model.search.running import run_search

__all__ = ["Difference", "SearchJob", "SearchResult", "replay_run", "run_search", "run_search_isolated"]

_HOME_OF = {
    "Difference": "replaying",
    "SearchJob": "job",
    "SearchResult": "job",
    "replay_run": "replaying",
    "run_search": "running",
    "run_search_isolated": "isolated",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of these names
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)
