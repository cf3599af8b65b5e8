"""What ensembles know of their members: fitted pipelines, asked on the scale on which they learned."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import joblib
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin, clone
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


class ChoosesClass(ClassifierMixin):
    """A classifier that predicts by its probabilities.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Sorted.
    """

    classes_: np.ndarray[Any, Any]

    @abstractmethod
    def predict_proba(self, X: pd.DataFrame) -> Numbers:
        """Predict probabilities, of shape (n_rows, n_classes), in the order of ``classes_``."""

    def predict(self, X: pd.DataFrame) -> np.ndarray[Any, Any]:
        """Predict the most probable class of each row, and of equals the first."""
        labels: np.ndarray[Any, Any] = np.asarray(self.classes_)[self.predict_proba(X).argmax(axis=1)]
        return labels


def fit_members(members: Members, X: pd.DataFrame, y: Any) -> list[tuple[str, Pipeline]]:  # noqa: ANN401 - any target
    """Fit a copy of each member, as it would be fitted alone.

    Members that begin with the same steps have them in common, which are fitted once.

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
    known: dict[str, tuple[Any, pd.DataFrame]] = {}
    prepared = [_fit_steps(member, X, y, known) for _, member in members]
    models = run_all(
        [partial(_fit_model, member, rows, y) for (_, member), (_, rows) in zip(members, prepared, strict=True)]
    )
    return [
        (name, Pipeline([*steps, (member.steps[-1][0], model)]))
        for (name, member), (steps, _), model in zip(members, prepared, models, strict=True)
    ]


def _fit_steps(
    member: Pipeline,
    X: pd.DataFrame,
    y: Any,  # noqa: ANN401 - any target
    known: dict[str, tuple[Any, pd.DataFrame]],
) -> tuple[list[tuple[str, Any]], pd.DataFrame]:
    """Fit the steps before the model, but those that another member began with; return them, and what leaves them."""
    steps, key = [], ""
    rows = X
    for name, step in member.steps[:-1]:
        key = str(joblib.hash((key, step)))
        if key not in known:
            fitted = clone(step)
            known[key] = fitted, fitted.fit_transform(rows.copy(deep=False), y)
        fitted, rows = known[key]
        steps.append((name, fitted))
    return steps, rows


def _fit_model(member: Pipeline, rows: pd.DataFrame, y: Any) -> Any:  # noqa: ANN401 - any target, an estimator
    return clone(member.steps[-1][1]).fit(rows.copy(deep=False), y)


def prepare_each(members: Members, X: pd.DataFrame) -> Iterator[tuple[Any, pd.DataFrame]]:
    """Yield the model of each member, and the rows as they reach it; what members have in common is computed once.

    Parameters
    ----------
    members : sequence of (str, Pipeline)
        Fitted.
    X : DataFrame of shape (n_rows, n_columns)
    """
    known: dict[tuple[int, ...], pd.DataFrame] = {(): X}
    for _, member in members:
        key: tuple[int, ...] = ()
        for _, step in member.steps[:-1]:
            before, key = key, (*key, id(step))
            if key not in known:
                known[key] = step.transform(known[before])
        yield member.steps[-1][1], known[key]


def predict_numbers(members: Members, X: pd.DataFrame) -> list[Numbers]:
    """Predict as the regressor of each member does, on the scale of the transformed target.

    Parameters
    ----------
    members : sequence of (str, Pipeline)
        Fitted.
    X : DataFrame of shape (n_rows, n_columns)

    Returns
    -------
    list of ndarray of shape (n_rows,)
    """
    return [
        np.asarray(unwrap(model).predict(rows), dtype=np.float64).ravel() for model, rows in prepare_each(members, X)
    ]


def predict_probabilities(members: Members, X: pd.DataFrame) -> list[Numbers]:
    """Predict the probabilities of each member, of shape (n_rows, n_classes)."""
    return [np.asarray(model.predict_proba(rows), dtype=np.float64) for model, rows in prepare_each(members, X)]


def unwrap(model: Any) -> Any:  # noqa: ANN401 - any estimator
    """Return the regressor that learned the transformed target; any other model as it is."""
    return model.regressor_ if isinstance(model, TransformedTargetRegressor) else model


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
