"""What ensembles know of their members: fitted pipelines, asked on the scale on which they learned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.pipeline import Pipeline

from regression_model.ensembling.threads import run_all

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Members = Sequence[tuple[str, Pipeline]]
Function = Callable[[Any], Any]


class PipelineEnsemble(BaseEstimator):
    """Base of the ensembles of fitted pipelines.

    Attributes
    ----------
    members_ : list of (str, Pipeline)
        Fitted.
    """

    members_: list[tuple[str, Pipeline]]


def fit_members(members: Members, X: pd.DataFrame, y: Any) -> list[tuple[str, Pipeline]]:  # noqa: ANN401 - any target
    """Fit a copy of each member, as it would be fitted alone.

    Parameters
    ----------
    members : sequence of (str, Pipeline)
        Unfitted; they stay as they are.
    X : DataFrame of shape (n_rows, n_columns)
    y : array-like of length n_rows
        The target as it is: members transform it themselves.

    Returns
    -------
    list of (str, Pipeline)
    """
    fitted = run_all([partial(_fit, member, X, y) for _, member in members])
    return [(name, member) for (name, _), member in zip(members, fitted, strict=True)]


def _fit(member: Pipeline, X: pd.DataFrame, y: Any) -> Pipeline:  # noqa: ANN401 - any target
    return clone(member).fit(X.copy(deep=False), y)


def predict_numbers(member: Pipeline, X: pd.DataFrame) -> Numbers:
    """Predict as the member's regressor does, on the scale of the transformed target.

    Parameters
    ----------
    member : Pipeline
        Fitted.
    X : DataFrame of shape (n_rows, n_columns)

    Returns
    -------
    ndarray of shape (n_rows,)
    """
    for _, step in member.steps[:-1]:
        X = step.transform(X)
    model = member.steps[-1][1]
    inner = model.regressor_ if isinstance(model, TransformedTargetRegressor) else model
    return np.asarray(inner.predict(X), dtype=np.float64).ravel()


def predict_probabilities(member: Pipeline, X: pd.DataFrame) -> Numbers:
    """Predict probabilities, of shape (n_rows, n_classes)."""
    return np.asarray(member.predict_proba(X), dtype=np.float64)


def turn_back(outputs: Numbers, inverse: Function | None) -> Numbers:
    """Turn predictions back to the target's own scale, as `TransformedTargetRegressor` does.

    Parameters
    ----------
    outputs : ndarray of shape (n_rows,)
    inverse : callable or None
        The inverse of the target's transform, if it has one.

    Raises
    ------
    ValueError
        If there is a transform and a number is not finite: then the row has no prediction.
    """
    if inverse is None:
        return outputs
    if not np.isfinite(outputs).all():
        raise ValueError("the ensemble's prediction on the scale of the transformed target is not finite")
    return np.asarray(inverse(outputs), dtype=np.float64)
