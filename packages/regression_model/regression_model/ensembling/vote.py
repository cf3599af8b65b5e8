"""The weighted mean of what several fitted pipelines predict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import RegressorMixin

from regression_model.ensembling.members import (
    ChoosesClass,
    Function,
    Members,
    Numbers,
    PipelineEnsemble,
    fit_members,
    predict_numbers,
    predict_probabilities,
    turn_back,
)


class VoteRegressor(RegressorMixin, PipelineEnsemble):
    """The weighted mean of regressions, on the scale of the transformed target.

    Parameters
    ----------
    members : sequence of (str, Pipeline)
        Names and pipelines; each learns the target as it is and transforms it itself, if it does.
    weights : sequence of float of length n_members
        Above 0.
    inverse_func : callable, optional
        The inverse of the transform that the members know, of an array.

    Attributes
    ----------
    members_ : list of (str, Pipeline)
        Fitted.
    weights_ : ndarray of shape (n_members,)
        They sum up to 1.
    n_features_in_ : int
    """

    def __init__(
        self, members: Members = (), weights: Sequence[float] = (), inverse_func: Function | None = None
    ) -> None:
        self.members = members
        self.weights = weights
        self.inverse_func = inverse_func

    def fit(self, X: pd.DataFrame, y: Any) -> Self:  # noqa: ANN401 - any target
        """Fit the members, each as if it were alone.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_columns)
        y : array-like of length n_rows
        """
        self.weights_ = normalise(self.weights, len(self.members))
        self.n_features_in_ = X.shape[1]
        self.members_ = fit_members(self.members, X, y)
        return self

    def predict(self, X: pd.DataFrame) -> Numbers:
        """Predict.

        Returns
        -------
        ndarray of shape (n_rows,)

        Raises
        ------
        ValueError
            If a row has no finite prediction on the scale of a transformed target.
        """
        return turn_back(add_up(predict_numbers(self.members_, X), self.weights_), self.inverse_func)


class VoteClassifier(ChoosesClass, PipelineEnsemble):
    """The weighted mean of probabilities.

    Parameters
    ----------
    members : sequence of (str, Pipeline)
        Names and pipelines.
    weights : sequence of float of length n_members
        Above 0.

    Attributes
    ----------
    members_ : list of (str, Pipeline)
        Fitted.
    weights_ : ndarray of shape (n_members,)
        They sum up to 1.
    classes_ : ndarray of shape (n_classes,)
        Sorted.
    n_features_in_ : int
    """

    def __init__(self, members: Members = (), weights: Sequence[float] = ()) -> None:
        self.members = members
        self.weights = weights

    def fit(self, X: pd.DataFrame, y: Any) -> Self:  # noqa: ANN401 - any labels
        """Fit the members, each as if it were alone.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_columns)
        y : array-like of length n_rows
        """
        self.weights_ = normalise(self.weights, len(self.members))
        self.n_features_in_ = X.shape[1]
        self.members_ = fit_members(self.members, X, y)
        self.classes_ = self.members_[0][1].classes_
        return self

    def predict_proba(self, X: pd.DataFrame) -> Numbers:
        """Predict probabilities, of shape (n_rows, n_classes), in the order of ``classes_``."""
        return add_up(predict_probabilities(self.members_, X), self.weights_)


def normalise(weights: Sequence[float], n_members: int) -> Numbers:
    """Bring weights to a sum of 1.

    Raises
    ------
    ValueError
        If there is not one weight above 0 for each member.
    """
    numbers = np.array(weights, dtype=np.float64)
    if numbers.shape != (n_members,) or not n_members or not (np.isfinite(numbers) & (numbers > 0)).all():
        raise ValueError(f"weights: expected {n_members} numbers above 0, one for each member, got {list(weights)}")
    return np.asarray(numbers / numbers.sum())


def add_up(answers: Sequence[Numbers], weights: Numbers) -> Numbers:
    """Add up answers times their weights, in the order of the members."""
    with np.errstate(over="ignore", invalid="ignore"):  # the caller looks at what is not finite
        total = answers[0] * weights[0]
        for answer, weight in zip(answers[1:], weights[1:], strict=True):
            total = total + answer * weight
    return np.asarray(total)
