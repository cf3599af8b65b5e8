"""A final model that learns from what fitted pipelines predict for rows that they have not learned from.

Source: Wolpert, "Stacked generalization", Neural Networks 5 (1992); for the coefficients of at least 0 Breiman,
"Stacked regressions", Machine Learning 24 (1996).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from functools import partial
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import RegressorMixin, clone

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
from regression_model.ensembling.stack_folds import find_stack_folds
from regression_model.ensembling.threads import run_all
from regression_model.row_groups import find_row_groups, row_groups

SMALLEST_PROBABILITY = 1e-6
"""Probabilities are brought into [1e-6, 1 - 1e-6] before their logarithm is taken: forests say 0 and 1."""


class _Stack(PipelineEnsemble):
    """What both kinds of stack do alike: cross-fit the members, fit the final model, fit the members on all rows."""

    members: Members
    final: Any
    folds: int
    seed: int

    @abstractmethod
    def _split(self, X: pd.DataFrame, y: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - any target
        """Yield the positions of the rows to learn from and to predict, for each fold."""

    @abstractmethod
    def _describe(self, members: Members, X: pd.DataFrame) -> Numbers:
        """Return what the final model sees of fitted members' predictions, of shape (n_rows, n_inputs)."""

    def _fit(self, X: pd.DataFrame, y: Any, final_target: Any) -> Self:  # noqa: ANN401 - any target
        self.n_features_in_ = X.shape[1]
        target = y if isinstance(y, pd.Series) else pd.Series(np.asarray(y), index=X.index)
        folds = list(self._split(X, target))
        parts = run_all([partial(self._predict_fold, X, target, *fold) for fold in folds])
        inputs = np.empty((len(X), parts[0].shape[1]))
        for (_, test), part in zip(folds, parts, strict=True):
            inputs[test] = part
        if not np.isfinite(inputs).all():
            raise ValueError("a member of the stack predicts numbers that are not finite for rows of the training part")
        self.final_ = clone(self.final).fit(inputs, final_target)
        self.members_ = fit_members(self.members, X, y)
        return self

    def _predict_fold(self, X: pd.DataFrame, y: pd.Series, train: Any, test: Any) -> Numbers:  # noqa: ANN401 - positions
        rows, target = X.iloc[train].reset_index(drop=True), y.iloc[train].reset_index(drop=True)
        groups = find_row_groups(len(X))
        with row_groups(None if groups is None else groups[train]):  # members divide these rows once more
            members = fit_members(self.members, rows, target)
        return self._describe(members, X.iloc[test].reset_index(drop=True))

    def _ask_final(self, inputs: Numbers, ask: Function, n_outputs: int | None = None) -> Numbers:
        """Ask the final model about the rows that have numbers; the others have no result."""
        finite = np.isfinite(inputs).all(axis=1)
        shape = (len(inputs),) if n_outputs is None else (len(inputs), n_outputs)
        answers = np.full(shape, np.nan)
        if finite.any():
            answers[finite] = ask(inputs[finite])
        return answers


class StackRegressor(RegressorMixin, _Stack):
    """A stack of regressions, on the scale of the transformed target.

    Parameters
    ----------
    members : sequence of (str, Pipeline)
        Names and pipelines; each learns the target as it is and transforms it itself, if it does.
    final : estimator
        Learns the transformed target from one column for each member.
    folds : int
        At least 2; rows are shuffled by the seed.
    seed : int
    func, inverse_func : callable, optional
        The transform that the members know, of an array, and its inverse.

    Attributes
    ----------
    members_ : list of (str, Pipeline)
        Fitted on all rows.
    final_ : estimator
    n_features_in_ : int
    """

    def __init__(
        self,
        members: Members = (),
        final: Any = None,  # noqa: ANN401 - scikit-learn has no type for an estimator
        folds: int = 5,
        seed: int = 0,
        func: Function | None = None,
        inverse_func: Function | None = None,
    ) -> None:
        self.members = members
        self.final = final
        self.folds = folds
        self.seed = seed
        self.func = func
        self.inverse_func = inverse_func

    def fit(self, X: pd.DataFrame, y: Any) -> Self:  # noqa: ANN401 - any target
        """Fit the final model on cross-fitted predictions, then the members on all rows.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_columns)
        y : array-like of length n_rows

        Raises
        ------
        ValueError
            If there are fewer groups of rows than folds.
        """
        numbers = np.asarray(y, dtype=np.float64)
        return self._fit(X, y, numbers if self.func is None else self.func(numbers))

    def predict(self, X: pd.DataFrame) -> Numbers:
        """Predict.

        Returns
        -------
        ndarray of shape (n_rows,)
            NaN where a member's prediction is not finite.

        Raises
        ------
        ValueError
            If a row has no finite prediction on the scale of a transformed target.
        """
        return turn_back(self._ask_final(self._describe(self.members_, X), self.final_.predict), self.inverse_func)

    def _split(self, X: pd.DataFrame, y: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - see the base class
        groups = find_row_groups(len(X))
        yield from find_stack_folds(np.asarray(y), groups, self.folds, self.seed, classification=False)

    def _describe(self, members: Members, X: pd.DataFrame) -> Numbers:
        return np.column_stack(predict_numbers(members, X))


class StackClassifier(ChoosesClass, _Stack):
    """A stack of classifications.

    Of two classes the final model sees, of each member, the log odds of the second; of more the logarithm of each
    probability.

    Parameters
    ----------
    members : sequence of (str, Pipeline)
        Names and pipelines.
    final : classifier
    folds : int
        At least 2; rows are shuffled by the seed, and each fold has its share of each class.
    seed : int

    Attributes
    ----------
    members_ : list of (str, Pipeline)
        Fitted on all rows.
    final_ : classifier
    classes_ : ndarray of shape (n_classes,)
        Sorted.
    n_features_in_ : int
    """

    def __init__(
        self,
        members: Members = (),
        final: Any = None,  # noqa: ANN401 - scikit-learn has no type for an estimator
        folds: int = 5,
        seed: int = 0,
    ) -> None:
        self.members = members
        self.final = final
        self.folds = folds
        self.seed = seed

    def fit(self, X: pd.DataFrame, y: Any) -> Self:  # noqa: ANN401 - any labels
        """Fit the final model on cross-fitted predictions, then the members on all rows.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_columns)
        y : array-like of length n_rows

        Raises
        ------
        ValueError
            If a class has fewer rows than there are folds, or rows can't be divided; see `find_stack_folds`.
        """
        self._fit(X, y, np.asarray(y))
        self.classes_ = self.final_.classes_
        return self

    def predict_proba(self, X: pd.DataFrame) -> Numbers:
        """Predict probabilities, of shape (n_rows, n_classes), in the order of ``classes_``.

        They are NaN where those of a member are.
        """
        return self._ask_final(self._describe(self.members_, X), self.final_.predict_proba, len(self.classes_))

    def _split(self, X: pd.DataFrame, y: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - see the base class
        groups = find_row_groups(len(X))
        yield from find_stack_folds(np.asarray(y), groups, self.folds, self.seed, classification=True)

    def _describe(self, members: Members, X: pd.DataFrame) -> Numbers:
        return np.column_stack([to_log_odds(answers) for answers in predict_probabilities(members, X)])


def to_log_odds(probabilities: Numbers) -> Numbers:
    """Turn probabilities into what the final model sees.

    Parameters
    ----------
    probabilities : ndarray of shape (n_rows, n_classes)

    Returns
    -------
    ndarray of shape (n_rows, 1)
        Of two classes: the log odds of the second.
    ndarray of shape (n_rows, n_classes)
        Of more: the logarithms.

    Examples
    --------
    >>> to_log_odds(np.array([[0.5, 0.5], [1.0, 0.0]])).round(3).tolist()
    [[0.0], [-13.816]]
    """
    inside = np.clip(probabilities, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
    if probabilities.shape[1] > 2:
        return np.asarray(np.log(inside))
    second = inside[:, 1:]
    return np.asarray(np.log(second / (1 - second)))
