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
from regression_model.config.ensembles import Ensemble
from regression_model.pipeline.ensembles import build_ensemble
from regression_model.pipeline.parts import MODEL_STEP, build_model, build_steps


def _learn_logarithm(estimator: Any) -> Any:  # noqa: ANN401 - any scikit-learn regressor
    return TransformedTargetRegressor(regressor=estimator, func=np.log, inverse_func=np.exp, check_inverse=False)


def _keep(estimator: Any) -> Any:  # noqa: ANN401 - any scikit-learn estimator
    return estimator


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
    wrap_target = _keep if config.target.transform == "none" else _learn_logarithm
    context = BuildContext(task=config.task, seed=config.seed, wrap_target=wrap_target, tables=tables or {})
    model: Any
    if isinstance(config.model, Ensemble):
        model = build_ensemble(config, config.model, context)
    else:
        model = build_model(config.model, context, config.plan())
    return Pipeline([*build_steps(config.plan().steps, context), (MODEL_STEP, model)])
