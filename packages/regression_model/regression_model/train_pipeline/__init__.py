"""Training: from a config and a table to a saved, measured model.

Each name is imported when it is first used: who has the training done by a process of its own needs no scikit-learn.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from regression_model.train_pipeline.isolation import run_training_isolated
    from regression_model.train_pipeline.job import TrainingResult
    from regression_model.train_pipeline.recorded_config import restore_config
    from regression_model.train_pipeline.splitting import Split, split_table
    from regression_model.train_pipeline.training import run_training

__all__ = ["Split", "TrainingResult", "restore_config", "run_training", "run_training_isolated", "split_table"]

_HOME_OF = {
    "Split": "splitting",
    "TrainingResult": "job",
    "restore_config": "recorded_config",
    "run_training": "training",
    "run_training_isolated": "isolation",
    "split_table": "splitting",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of these names
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)
