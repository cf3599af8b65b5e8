"""What tests of the search share: a split table and its configuration from a few columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from regression_model.config import Config
from regression_model.processing.training_table import build_training_table
from regression_model.train_pipeline.splitting import Split, split_table

ENCODERS = {"category": "ordered_encoding", "datetime": "date_parts", "series": "extract_series_features"}
MakeTable = Callable[..., tuple[Config, Split]]


@pytest.fixture(scope="session")
def make_table() -> MakeTable:
    """Return a function that makes a configuration and a split table of columns by role; the target is ``y``."""

    def make(
        roles: Mapping[str, Mapping[str, Any]],
        target: Any,
        **sections: Any,
    ) -> tuple[Config, Split]:
        columns = {name: values for role in roles.values() for name, values in role.items()}
        frame = pd.DataFrame({**columns, "y": target})
        task = "classification" if np.asarray(target).dtype.kind in "OU" else "regression"
        document = {
            "pipeline_name": "table",
            "task": task,
            "seed": 1,
            "data": {"name": "table"},
            "target": {"column": "y"},
            "features": {role: list(held) for role, held in roles.items()},
            "preprocessing": [
                {"step": ENCODERS[role], "columns": list(held)} for role, held in roles.items() if role in ENCODERS
            ],
            "model": {"family": "hist_gradient_boosting", "max_iter": 20},
            "evaluation": {"holdout_fraction": 0.25},
            **sections,
        }
        config = Config.model_validate(document)
        return config, split_table(build_training_table(frame, config), config)

    return make
