"""Builds the scikit-learn pipeline that a configuration describes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import TransformedTargetRegressor
from sklearn.pipeline import Pipeline

from regression_model.build_context import BuildContext
from regression_model.config import Config

MODEL_STEP = "model"
"""Name of the pipeline's last step."""


def build_pipeline(config: Config, tables: Mapping[str, pd.DataFrame] | None = None) -> Pipeline:
    """Build the unfitted pipeline: the preprocessing steps and the model.

    The target's transform lives inside the last step, so that training and prediction can't disagree.

    Parameters
    ----------
    config : Config
    tables : mapping of str to DataFrame, optional
        The reference tables that ``lookup`` steps join, by name (see `load_reference_tables`).

    Returns
    -------
    Pipeline
        Takes model-ready DataFrames with the features of the config. No data are read and nothing is fitted: the
        same config gives an equal pipeline.

    Raises
    ------
    ConfigError
        If a lookup names a reference table that is not there.
    MissingExtraError
        If the model family's library is not installed.

    Examples
    --------
    >>> from regression_model import load_config
    >>> build_pipeline(load_config("california_housing")).steps[-1][0]
    'model'
    """

    def wrap_target(estimator: Any) -> Any:  # noqa: ANN401 - any scikit-learn regressor
        if config.target.transform == "none":
            return estimator
        return TransformedTargetRegressor(regressor=estimator, func=np.log, inverse_func=np.exp, check_inverse=False)

    context = BuildContext(task=config.task, seed=config.seed, wrap_target=wrap_target, tables=tables or {})
    steps = [
        (planned.name, planned.step.build(planned.columns, context))
        for planned in config.plan().steps
        if planned.columns
    ]
    model = config.model.build(context)
    return Pipeline([*steps, (MODEL_STEP, wrap_target(model) if config.task == "regression" else model)])
