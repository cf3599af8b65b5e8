"""A ridge regression on the classes, whose scores are calibrated to probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.special import expit, softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

Floats = npt.NDArray[np.float64]


class RidgeProbabilities(ClassifierMixin, BaseEstimator):
    """Ridge regression on the classes (1 for a class, -1 for the others), and a logistic regression on its scores.

    The scores that the logistic regression learns from are those of each row by the model without that row, which the
    closed form gives for nothing (R. Rifkin and R. Lippert, *Notes on Regularized Least Squares*, MIT 2007), so that
    they are as far from certain as those of new rows. The whole is again linear in the columns.

    Parameters
    ----------
    alphas : sequence of float
        Penalties on the coefficients of scaled columns; the one with the smallest leave-one-out squared error is taken.
    class_weight : "balanced" or None

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    coef_ : ndarray of shape (1, n_columns), or (n_classes, n_columns) for more than two classes
        Of the log odds of the second class, or of scores whose softmax are the probabilities.
    intercept_ : ndarray of shape (1,) or (n_classes,)
    alpha_ : float
        The penalty that was taken.

    Examples
    --------
    >>> X = np.array([[0.0, 1.0], [1.0, 0.0], [0.1, 0.9], [0.9, 0.2]])
    >>> RidgeProbabilities().fit(X, ["a", "b", "a", "b"]).predict([[0.0, 0.8]])
    array(['a'], dtype='<U1')
    """

    def __init__(self, alphas: Sequence[float] = (0.1, 1.0, 10.0), class_weight: str | None = None) -> None:
        self.alphas = alphas
        self.class_weight = class_weight

    def fit(self, X: Any, y: Any) -> Self:  # noqa: ANN401 - scikit-learn has no type for array-likes
        """Fit on rows without missing values.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_columns)
        y : array-like of shape (n_rows,)
            Labels of two classes at least.
        """
        values, labels = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(labels)
        self.classes_ = np.unique(labels)
        if len(self.classes_) < 2:
            raise ValueError(f"expected two classes or more, got one: {str(self.classes_[0])!r}")
        weights = compute_sample_weight(self.class_weight, labels)
        weights = weights / weights.mean()
        members = labels[:, np.newaxis] == (self.classes_[1:] if len(self.classes_) == 2 else self.classes_)
        mean, scale = values.mean(axis=0), values.std(axis=0)
        scale[scale < np.finfo(np.float64).eps * np.abs(mean)] = np.inf  # constant columns have no say
        scale[scale == 0] = np.inf
        self.alpha_, coefficients, scores = _fit_ridge(
            (values - mean) / scale, members * 2.0 - 1.0, weights, self.alphas
        )
        calibration = LogisticRegression(max_iter=5_000).fit(scores, labels, sample_weight=weights)
        combined = calibration.coef_ @ coefficients[1:].T
        self.coef_ = combined / scale
        self.intercept_ = calibration.intercept_ + calibration.coef_ @ coefficients[0] - self.coef_ @ mean
        return self

    def decision_function(self, X: Any) -> Floats:  # noqa: ANN401 - as in `fit`
        """Return the log odds of the second of two classes, of shape (n_rows,), or a score for each class."""
        check_is_fitted(self)
        values = validate_data(self, X, dtype=np.float64, reset=False)
        scores = np.asarray(values @ self.coef_.T + self.intercept_)
        return scores[:, 0] if len(self.classes_) == 2 else scores

    def predict_proba(self, X: Any) -> Floats:  # noqa: ANN401 - as in `fit`
        """Return the probabilities of the classes, of shape (n_rows, n_classes)."""
        scores = self.decision_function(X)
        if len(self.classes_) > 2:
            return np.asarray(softmax(scores, axis=1))
        return np.column_stack([expit(-scores), expit(scores)])

    def predict(self, X: Any) -> npt.NDArray[Any]:  # noqa: ANN401 - as in `fit`
        """Return the most probable class of each row."""
        return np.asarray(self.classes_[self.predict_proba(X).argmax(axis=1)])


def _fit_ridge(
    columns: Floats, target: Floats, weights: Floats, alphas: Sequence[float]
) -> tuple[float, Floats, Floats]:
    """Fit ridge regressions with an intercept, and choose the penalty.

    Parameters
    ----------
    columns : ndarray of shape (n_rows, n_columns)
    target : ndarray of shape (n_rows, n_outputs)
    weights : ndarray of shape (n_rows,)
        Of mean 1.
    alphas : sequence of float

    Returns
    -------
    alpha : float
    coefficients : ndarray of shape (1 + n_columns, n_outputs)
        The intercept first.
    left_out : ndarray of shape (n_rows, n_outputs)
        Predictions of each row by the model without it.
    """
    middle, level = np.average(columns, axis=0, weights=weights), np.average(target, axis=0, weights=weights)
    roots = np.sqrt(weights)[:, np.newaxis]
    left, sizes, right = np.linalg.svd(roots * (columns - middle), full_matrices=False)
    projected = left.T @ (roots * (target - level))
    best: tuple[float, float, Floats] | None = None
    for alpha in alphas:
        shrunk = sizes**2 / (sizes**2 + alpha)
        leverage = weights[:, np.newaxis] / weights.sum() + (left**2 @ shrunk)[:, np.newaxis]
        residuals = target - level - (left * shrunk) @ projected / roots
        # A row that alone decides its own prediction is as far off as a row can be.
        left_out = residuals / np.maximum(1.0 - leverage, 1e-12)
        error = float(np.average((left_out**2).mean(axis=1), weights=weights))
        if best is None or error < best[0]:
            best = error, alpha, target - left_out
    assert best is not None
    _, alpha, predictions = best
    coefficients = right.T @ ((sizes / (sizes**2 + alpha))[:, np.newaxis] * projected)
    return float(alpha), np.vstack([level - middle @ coefficients, coefficients]), predictions
