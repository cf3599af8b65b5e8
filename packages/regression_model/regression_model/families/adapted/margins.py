"""What our estimators around other boosters share: labels, weights of classes, and the way from margins to answers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d

from regression_model.families.adapted.packing import pack, unpack
from regression_model.families.intervals import Watch

Numbers = np.ndarray[Any, np.dtype[np.float64]]

_TWO = 2


@dataclass(frozen=True)
class Rounds:
    """Whom to tell of each round of boosting.

    Attributes
    ----------
    rows : array of shape (n_rows, n_columns)
        To answer for after each round.
    tell : callable
        Told the number of the round, from 1, and the margins of the rows, of shape (n_rows, n_outputs); it says
        whether to go on.
    """

    rows: Any
    tell: Callable[[int, Numbers], bool]


class Margins(BaseEstimator):
    """A sum of trees for each output, before any link.

    Attributes
    ----------
    n_features_in_ : int
        Columns that it was fitted on.
    model_ : bytes
        As the library writes it; packed where it is pickled.
    """

    n_features_in_: int
    model_: bytes

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = super().__getstate__().copy()
        state.pop("_booster", None)
        if "model_" in state:
            state["model_"] = pack(state["model_"])
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        if "model_" in state:
            state = {**state, "model_": unpack(state["model_"])}
        super().__setstate__(state)

    @abstractmethod
    def _fit_margins(
        self,
        X: Any,  # noqa: ANN401 - a frame or an array
        y: Numbers,
        weights: Numbers | None,
        n_classes: int,
        rounds: Rounds | None,
    ) -> None:
        """Learn; ``y`` are numbers, or the positions of the classes, of which a regression has 0."""

    @property
    def booster(self) -> Any:  # noqa: ANN401 - the library's own
        """The library's own object, made at its first use."""
        if self.__dict__.get("_booster") is None:
            self._booster = self._load_booster()
        return self._booster

    @abstractmethod
    def _load_booster(self) -> Any:  # noqa: ANN401 - the library's own
        """Read ``model_``."""

    @abstractmethod
    def _read_rows(self, X: Any) -> Any:  # noqa: ANN401 - a frame or an array
        """Return rows as the library takes them."""

    @abstractmethod
    def _add_up_trees(self, rows: Any) -> Any:  # noqa: ANN401 - as `_read_rows` returns them
        """Return the sums in any precision and shape; one output for two classes."""

    def _compute_margins(self, X: Any) -> Numbers:  # noqa: ANN401 - a frame or an array
        """Return the sums, of shape (n_rows, n_outputs)."""
        rows = self._read_rows(X)
        if rows.shape[1] != self.n_features_in_:
            raise ValueError(f"expected {self.n_features_in_} columns, got {rows.shape[1]}")
        return np.asarray(self._add_up_trees(rows), dtype=np.float64).reshape(len(rows), -1)

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401 - scikit-learn has no types
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


class MarginRegressor(RegressorMixin, Margins):
    """A regressor whose prediction is its margin."""

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:  # noqa: ANN401 - as scikit-learn's
        """Learn from rows of shape (n_rows, n_columns) and a target of shape (n_rows,)."""
        weights = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        self._fit_margins(X, column_or_1d(y).astype(np.float64), weights, 0, None)
        return self

    def fit_rounds(self, X: Any, y: Any, watched: Any, watch: Watch) -> Self:  # noqa: ANN401 - as scikit-learn's
        """Learn, and tell of each round; see `regression_model.families.intervals.IntervalFamily.fit_intervals`."""
        rounds = Rounds(watched, lambda number, margins: watch(number, margins[:, 0]))
        self._fit_margins(X, column_or_1d(y).astype(np.float64), None, 0, rounds)
        return self

    def predict(self, X: Any) -> Numbers:  # noqa: ANN401 - as scikit-learn's
        """Predict; the answer has the shape (n_rows,)."""
        check_is_fitted(self)
        return self._compute_margins(X)[:, 0]


class MarginClassifier(ClassifierMixin, Margins):
    """A classifier whose probabilities are the sigmoid or the softmax of its margins, in double precision.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Sorted.
    """

    class_weight: str | None

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:  # noqa: ANN401 - as scikit-learn's
        """Learn from rows of shape (n_rows, n_columns) and labels of shape (n_rows,).

        Raises
        ------
        ValueError
            If all labels are the same.
        """
        self._fit_classes(X, y, sample_weight, None)
        return self

    def fit_rounds(self, X: Any, y: Any, watched: Any, watch: Watch) -> Self:  # noqa: ANN401 - as scikit-learn's
        """Learn, and tell of each round; see `regression_model.families.intervals.IntervalFamily.fit_intervals`."""
        rounds = Rounds(watched, lambda number, margins: watch(number, find_probabilities(margins)))
        self._fit_classes(X, y, None, rounds)
        return self

    def _fit_classes(self, X: Any, y: Any, sample_weight: Any, rounds: Rounds | None) -> None:  # noqa: ANN401 - as fit
        from sklearn.utils.class_weight import compute_sample_weight

        labels = column_or_1d(y)
        check_classification_targets(labels)
        self.classes_, positions = np.unique(labels, return_inverse=True)
        if len(self.classes_) < _TWO:
            raise ValueError(f"expected two classes or more, got only {self.classes_[0]!r}")
        weights = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        if self.class_weight is not None:
            balanced = compute_sample_weight(self.class_weight, labels)
            weights = balanced if weights is None else balanced * weights
        self._fit_margins(X, positions.astype(np.float64), weights, len(self.classes_), rounds)

    def decision_function(self, X: Any) -> Numbers:  # noqa: ANN401 - as scikit-learn's
        """Return the log odds of the second of two classes, of shape (n_rows,), or margins (n_rows, n_classes)."""
        check_is_fitted(self)
        margins = self._compute_margins(X)
        return margins[:, 0] if len(self.classes_) == _TWO else margins

    def predict_proba(self, X: Any) -> Numbers:  # noqa: ANN401 - as scikit-learn's
        """Return probabilities of shape (n_rows, n_classes)."""
        check_is_fitted(self)
        return find_probabilities(self._compute_margins(X))

    def predict(self, X: Any) -> np.ndarray[Any, Any]:  # noqa: ANN401 - as scikit-learn's
        """Return the most probable label of each row, and of equals the first."""
        return np.asarray(self.classes_[self.predict_proba(X).argmax(axis=1)])


def find_probabilities(margins: Numbers) -> Numbers:
    """Return the sigmoid of one margin a row, for two classes, or the softmax of several."""
    if margins.shape[1] == 1:
        powers = np.exp(-np.abs(margins[:, 0]))  # in this form the exponential never overflows
        second = np.where(margins[:, 0] >= 0, 1.0, powers) / (1.0 + powers)
        return np.column_stack([1.0 - second, second])
    powers = np.exp(margins - margins.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
