"""From the outputs of a model to predictions and probabilities: the link, and the inverse of the target's transform."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp, inf
from typing import Any

import numpy as np

from regression_model.compiled.models.base import ModelSource, Numbers
from regression_model.compiled.models.section import Section, refuse

_MOST_FINITE = 709.782712893384
"""The largest number whose exponential is finite."""

_REGRESSION = ("identity", "exp")
_ONE_OUTPUT = ("sigmoid", "complement")
_OUTPUT_EACH = ("softmax", "probabilities")


class Finish:
    """Turns outputs into answers.

    Parameters
    ----------
    link : {"identity", "exp", "sigmoid", "complement", "softmax", "probabilities"}
        Of a regression ``identity`` or ``exp``. Of two classes with one output ``sigmoid`` of the log odds of the
        second, or ``complement`` if the output is its probability. Of several outputs their ``softmax``, or
        ``probabilities`` if they are that already.
    target : {"identity", "exp"}
        Inverse of the transform of the target, of a regression.
    classes : tuple of str or None
        Labels, in the order of probabilities.

    Examples
    --------
    >>> Finish("identity", "exp").finish_row([0.0])
    (1.0, None)
    >>> Finish("sigmoid", "identity", ("no", "yes")).finish_row([0.0])  # of equals the first
    ('no', [0.5, 0.5])
    """

    def __init__(self, link: str, target: str, classes: tuple[str, ...] | None = None) -> None:
        self.classes = classes
        self._labels = np.array(classes, dtype=object)
        self._n_exponentials = (link == "exp") + (target == "exp")
        self._to_row = _ROWS.get(link)
        self._to_columns = _COLUMNS.get(link)

    def finish_row(self, outputs: Sequence[float]) -> tuple[float | str, list[float] | None]:
        """Finish one row.

        Parameters
        ----------
        outputs : sequence of float of length n_outputs

        Returns
        -------
        prediction : float or str
            The most probable class, and of equals the first. A number may be infinite or NaN.
        probabilities : list of float or None
            Of a classification, in the order of ``classes``; NaN if the outputs are.
        """
        if self.classes is None or self._to_row is None:
            value = outputs[0]
            for _ in range(self._n_exponentials):
                value = inf if value > _MOST_FINITE else exp(value)
            return value, None
        probabilities = self._to_row(outputs)
        return self.classes[probabilities.index(max(probabilities))], probabilities

    def finish_columns(self, outputs: Numbers) -> tuple[np.ndarray[Any, Any], Numbers | None]:
        """Finish many rows.

        Parameters
        ----------
        outputs : ndarray of shape (n_rows, n_outputs)

        Returns
        -------
        predictions : ndarray of shape (n_rows,)
            Of type float64, or object with the labels.
        probabilities : ndarray of shape (n_rows, n_classes) or None
        """
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            if self._to_columns is None:
                values = outputs[:, 0]
                for _ in range(self._n_exponentials):
                    values = np.exp(values)
                return values, None
            probabilities = self._to_columns(outputs)
        return self._labels[probabilities.argmax(axis=1)], probabilities


def link_finish(source: ModelSource, n_outputs: int) -> Finish:
    """Make what finishes the outputs of a program's model.

    Parameters
    ----------
    source : Program
    n_outputs : int
        Of its model.

    Raises
    ------
    ArtifactIntegrityError
        If link, target, classes and outputs don't go together.
    """
    section = Section(source.content.get("model"), {}, {}, 0)
    link = section.choice("link", _REGRESSION + _ONE_OUTPUT + _OUTPUT_EACH)
    target, classes = source.content.get("target"), source.content.get("classes")
    if target not in ("identity", "exp"):
        raise refuse(f"'target' has to be identity or exp, not {target!r:.80}")
    if classes is None:
        if link not in _REGRESSION or n_outputs != 1:
            raise refuse(f"a regression has one output and no link {link!r}")
        return Finish(link, target)
    if not isinstance(classes, list) or not all(isinstance(label, str) for label in classes):
        raise refuse("'classes' has to be a list of text, or null")
    expected = {1: _ONE_OUTPUT} if len(classes) == 2 else {}
    expected |= {len(classes): _OUTPUT_EACH} if len(classes) > 1 else {}
    if link not in expected.get(n_outputs, ()) or target != "identity" or len(set(classes)) != len(classes):
        raise refuse(f"{len(classes)} classes don't go with {n_outputs} outputs, the link {link!r}, target {target!r}")
    return Finish(link, target, tuple(classes))


def answer_row(link: str) -> Callable[[Sequence[float]], list[float]]:
    """Return the function from the outputs of a member of an ensemble to its number, or its probabilities."""
    return _ROWS.get(link) or (_exponential if link == "exp" else list)


def answer_columns(link: str, outputs: Numbers) -> Numbers:
    """Turn the outputs of a member for many rows into its numbers, of shape (n_rows, 1), or its probabilities."""
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        if link in _COLUMNS:
            return _COLUMNS[link](outputs)
        return np.exp(outputs) if link == "exp" else outputs


def _exponential(outputs: Sequence[float]) -> list[float]:
    return [inf if output > _MOST_FINITE else exp(output) for output in outputs]


def _sigmoid(outputs: Sequence[float]) -> list[float]:
    # In this form the exponential never overflows.
    power = exp(-abs(outputs[0]))
    second = 1.0 / (1.0 + power) if outputs[0] >= 0 else power / (1.0 + power)
    return [1.0 - second, second]


def _softmax(outputs: Sequence[float]) -> list[float]:
    highest = max(outputs)
    powers = [exp(output - highest) for output in outputs]
    total = sum(powers)
    return [power / total for power in powers]


def _sigmoid_columns(outputs: Numbers) -> Numbers:
    powers = np.exp(-np.abs(outputs[:, 0]))
    return _complement_columns((np.where(outputs[:, 0] >= 0, 1.0, powers) / (1.0 + powers))[:, None])


def _complement_columns(outputs: Numbers) -> Numbers:
    return np.column_stack([1.0 - outputs[:, 0], outputs[:, 0]])


def _softmax_columns(outputs: Numbers) -> Numbers:
    powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


_ROWS: dict[str, Callable[[Sequence[float]], list[float]]] = {
    "sigmoid": _sigmoid,
    "complement": lambda outputs: [1.0 - outputs[0], outputs[0]],
    "softmax": _softmax,
    "probabilities": list,
}
_COLUMNS: dict[str, Callable[[Numbers], Numbers]] = {
    "sigmoid": _sigmoid_columns,
    "complement": _complement_columns,
    "softmax": _softmax_columns,
    "probabilities": np.asarray,
}
