"""Feed-forward networks that are sound on raw tables, whichever library trains them.

Inputs and target are scaled inside the estimator. An input outside of what training has seen counts as the nearest
value that it has seen, and so does a predicted number, so that nothing extrapolates wildly. The weights of the best
epoch are those that are kept. What is left of a training are arrays: neither predicting nor unpickling needs the
library that trained.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from regression_model.row_groups import find_row_groups

Numbers = np.ndarray[Any, np.dtype[np.floating[Any]]]
Layers = list[tuple[Numbers, Numbers]]
"""For each layer its weights, of shape (n_inputs, n_units), and its biases."""

Watch = Callable[[int, Numbers], bool]
"""Told the number of an epoch, from 1, and what the network would answer if it stopped now; says whether to go on."""

_MIN_VALIDATION_ROWS = 5


@dataclass(frozen=True)
class Batch:
    """Rows to learn from, as the network takes them.

    Attributes
    ----------
    inputs : ndarray of float32 of shape (n_rows, n_inputs)
    target : ndarray of shape (n_rows,)
        Scaled numbers, or the positions of classes.
    weights : ndarray of shape (n_rows,) or None
        What each row counts.
    """

    inputs: Numbers
    target: np.ndarray[Any, Any]
    weights: Numbers | None = None

    def take(self, rows: np.ndarray[Any, np.dtype[np.intp]]) -> Batch:
        """Return these rows."""
        weights = None if self.weights is None else self.weights[rows]
        return Batch(self.inputs[rows], self.target[rows], weights)


class Trainer(ABC):
    """Trains the layers of one network, an epoch at a time."""

    @abstractmethod
    def run_epoch(self, rows: Batch, learning_rate: float) -> None:
        """Show the network all rows once, in a new order."""

    @abstractmethod
    def layers(self) -> Layers:
        """Return copies of the present weights."""


def _draw_groups(
    groups: np.ndarray[Any, np.dtype[np.intp]], n_rows: int, random: np.random.Generator
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Say which rows are drawn, in whole groups: about so many, one group at least, and not all."""
    codes, sizes = np.unique(groups, return_inverse=True, return_counts=True)[1:]
    drawn: list[int] = []
    total = 0
    for group in random.permutation(len(sizes)).tolist():
        # A group that would lead further away from that number is passed over.
        if abs(total + sizes[group] - n_rows) < abs(total - n_rows):
            drawn.append(group)
            total += int(sizes[group])
    return np.isin(codes, drawn or [int(sizes.argmin())])


class Network(BaseEstimator, ABC):
    """What networks for numbers and for classes have in common; subclasses name the hyperparameters.

    Attributes
    ----------
    layers_ : list of pair of ndarray
    centre_, scale_, lowest_, highest_ : ndarray of shape (n_features,)
        Mean and deviation of each input, and the range of the scaled inputs that training has seen.
    best_epoch_ : int
        Whose weights were kept.
    """

    hidden_layers: tuple[int, ...]
    activation: str
    batch_size: int
    epochs: int
    learning_rate: float
    schedule: str
    early_stopping: bool
    validation_fraction: float
    n_iter_no_change: int
    random_state: int

    def fit(self, X: Any, y: Any) -> Self:  # noqa: ANN401 - scikit-learn has no types
        """Fit.

        Parameters
        ----------
        X : array-like of shape (n_rows, n_features)
            Finite numbers.
        y : array-like of shape (n_rows,)
        """
        return self.fit_epochs(X, y)

    def fit_epochs(self, X: Any, y: Any, watched: Any = None, watch: Watch | None = None) -> Self:  # noqa: ANN401
        """Fit, and tell after each epoch how the network does.

        Parameters
        ----------
        X, y : array-like
            See `fit`.
        watched : array-like of shape (n_watched, n_features), optional
            Rows to answer after each epoch; they have no say in the training.
        watch : callable, optional
            Told the epoch and the answers for them: numbers, or probabilities of shape (n_watched, n_classes). The
            training ends if it returns False.
        """
        rows = self._prepare(validate_data(self, X, dtype=np.float64), y)
        shown = self._scale(
            np.asarray([] if watched is None else watched, dtype=np.float64).reshape(-1, len(self.scale_))
        )
        training, validation = self._split(rows)
        trainer = self._start(self._n_outputs())
        least, self.best_epoch_ = np.inf, 0
        for epoch in range(1, self.epochs + 1):
            trainer.run_epoch(training, self._find_rate(epoch))
            layers = trainer.layers()
            loss = -epoch if validation is None else self._find_loss(self._run(validation.inputs, layers), validation)
            if loss < least or not self.best_epoch_:
                least, self.best_epoch_, self.layers_ = loss, epoch, layers
            if watch is not None and not watch(epoch, self._answer(self._run(shown, self.layers_))):
                break
            if validation is not None and epoch - self.best_epoch_ >= self.n_iter_no_change:
                break
        return self

    def _prepare(self, inputs: Numbers, target: Any) -> Batch:  # noqa: ANN401 - scikit-learn has no types
        self.centre_ = inputs.mean(axis=0)
        deviation = inputs.std(axis=0)
        self.scale_ = np.where(deviation > 0, deviation, 1.0)
        self.lowest_, self.highest_ = -np.inf, np.inf
        scaled = self._scale(inputs)
        self.lowest_, self.highest_ = scaled.min(axis=0), scaled.max(axis=0)
        target, weights = self._prepare_target(np.asarray(target))
        return Batch(scaled.astype(np.float32), target, weights)

    def _scale(self, inputs: Numbers) -> Numbers:
        with np.errstate(over="ignore"):  # what overflows is outside of what training has seen, too
            return np.asarray(np.clip((inputs - self.centre_) / self.scale_, self.lowest_, self.highest_))

    def _split(self, rows: Batch) -> tuple[Batch, Batch | None]:
        """Keep some rows aside, groups as a whole, drawn by the seed; they say which epoch is the best."""
        n_rows = len(rows.inputs)
        n_aside = round(n_rows * self.validation_fraction)
        if not self.early_stopping or n_aside < _MIN_VALIDATION_ROWS:
            return rows, None
        random = np.random.default_rng(self.random_state)
        groups = find_row_groups(n_rows)
        if groups is not None and len(np.unique(groups)) > 1:
            aside = _draw_groups(groups, n_aside, random)
            return rows.take(np.flatnonzero(~aside)), rows.take(np.flatnonzero(aside))
        order = random.permutation(n_rows)
        return rows.take(np.sort(order[n_aside:])), rows.take(np.sort(order[:n_aside]))

    def _find_rate(self, epoch: int) -> float:
        """Return the epoch's learning rate: as it is, or falling to nearly zero (Loshchilov and Hutter 2017)."""
        if self.schedule == "constant":
            return self.learning_rate
        return self.learning_rate * (1 + cos(pi * (epoch - 1) / self.epochs)) / 2

    def _run(self, scaled: Numbers, layers: Layers) -> Numbers:
        values = scaled
        for weights, biases in layers[:-1]:
            values = values @ weights + biases
            values = np.tanh(values) if self.activation == "tanh" else np.maximum(values, 0.0)
        weights, biases = layers[-1]
        return np.asarray(values @ weights + biases)

    def _find_outputs(self, X: Any) -> Numbers:  # noqa: ANN401 - scikit-learn has no types
        check_is_fitted(self, "layers_")
        return self._run(self._scale(validate_data(self, X, dtype=np.float64, reset=False)), self.layers_)

    @abstractmethod
    def _start(self, n_outputs: int) -> Trainer:
        """Make the layers, drawn by the seed."""

    @abstractmethod
    def _n_outputs(self) -> int: ...

    @abstractmethod
    def _prepare_target(self, target: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], Numbers | None]: ...

    @abstractmethod
    def _find_loss(self, outputs: Numbers, rows: Batch) -> float: ...

    @abstractmethod
    def _answer(self, outputs: Numbers) -> Numbers: ...


class NumberNetwork(RegressorMixin, Network):
    """A network that predicts a number, within the range of those that training has seen.

    Attributes
    ----------
    target_centre_, target_scale_ : float
        Mean and deviation of the target.
    target_range_ : tuple of two floats
        Of the scaled target.
    """

    loss: str | None = None

    def predict(self, X: Any) -> Numbers:  # noqa: ANN401 - scikit-learn has no types
        """Predict; ndarray of shape (n_rows,)."""
        return self._answer(self._find_outputs(X))

    def _n_outputs(self) -> int:
        return 1

    def _prepare_target(self, target: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], None]:
        values = target.astype(np.float64)
        self.target_centre_ = float(values.mean())
        self.target_scale_ = float(values.std()) or 1.0
        scaled = (values - self.target_centre_) / self.target_scale_
        self.target_range_ = float(scaled.min()), float(scaled.max())
        return scaled.astype(np.float32), None

    def _find_loss(self, outputs: Numbers, rows: Batch) -> float:
        errors = np.abs(np.clip(outputs[:, 0], *self.target_range_) - rows.target)
        return float(np.mean(errors if self.loss == "absolute_error" else errors**2))

    def _answer(self, outputs: Numbers) -> Numbers:
        return np.asarray(self.target_centre_ + self.target_scale_ * np.clip(outputs[:, 0], *self.target_range_))


class ClassNetwork(ClassifierMixin, Network):
    """A network that predicts a class: of two by one output, their log odds; of more by one for each.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    """

    class_weight: str | None

    def decision_function(self, X: Any) -> Numbers:  # noqa: ANN401 - scikit-learn has no types
        """Return the log odds of the second class, (n_rows,), or of more classes their scores, (n_rows, n_classes)."""
        outputs = self._find_outputs(X)
        return outputs[:, 0] if outputs.shape[1] == 1 else outputs

    def predict_proba(self, X: Any) -> Numbers:  # noqa: ANN401 - scikit-learn has no types
        """Return probabilities; ndarray of shape (n_rows, n_classes)."""
        return self._answer(self._find_outputs(X))

    def predict(self, X: Any) -> np.ndarray[Any, Any]:  # noqa: ANN401 - scikit-learn has no types
        """Predict labels; ndarray of shape (n_rows,)."""
        return np.asarray(self.classes_[self.predict_proba(X).argmax(axis=1)])

    def _n_outputs(self) -> int:
        return 1 if len(self.classes_) == 2 else len(self.classes_)

    def _prepare_target(self, target: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], Numbers | None]:
        self.classes_, positions = np.unique(target, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"expected two classes or more in y, found {len(self.classes_)}")
        if self.class_weight is None:
            return positions, None
        counts = np.bincount(positions)
        return positions, (len(positions) / (len(counts) * counts))[positions].astype(np.float32)

    def _find_loss(self, outputs: Numbers, rows: Batch) -> float:
        shares = self._answer(outputs)[np.arange(len(outputs)), rows.target]
        return float(np.average(-np.log(np.maximum(shares, 1e-15)), weights=rows.weights))

    def _answer(self, outputs: Numbers) -> Numbers:
        if outputs.shape[1] == 1:
            powers = np.exp(-np.abs(outputs[:, 0]))
            second = np.where(outputs[:, 0] >= 0, 1.0, powers) / (1.0 + powers)
            return np.column_stack([1.0 - second, second])
        powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))
