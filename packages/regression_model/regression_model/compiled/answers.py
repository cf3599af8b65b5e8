"""The answer for many rows: what was computed, less what was refused."""

from __future__ import annotations

from typing import Any

import numpy as np

from regression_model.schema import FieldError


class Outcome:
    """Predictions for rows, some of them refused.

    Parameters
    ----------
    predictions : ndarray of shape (n_rows,)
        Floats or labels; what is there for a refused row means nothing.
    probabilities : ndarray of shape (n_rows, n_classes) or None
        For a classification.
    classes : tuple of str or None
    errors : dict of int to list of FieldError
        By position of a refused row.

    Attributes
    ----------
    predictions : ndarray of shape (n_rows,)
        NaN or None where a row is refused.
    probabilities : ndarray of shape (n_rows, n_classes) or None
        NaN where a row is refused.
    """

    def __init__(
        self,
        predictions: np.ndarray[Any, Any],
        probabilities: np.ndarray[Any, Any] | None,
        classes: tuple[str, ...] | None,
        errors: dict[int, list[FieldError]],
    ) -> None:
        self._classes = classes
        self._errors = dict(sorted(errors.items()))
        if errors:
            refused = list(self._errors)
            predictions = predictions.copy()
            predictions[refused] = np.nan if probabilities is None else None
            if probabilities is not None:
                probabilities = probabilities.copy()
                probabilities[refused] = np.nan
        self.predictions = predictions
        self.probabilities = probabilities

    def errors_to_json(self) -> dict[int, list[dict[str, Any]]]:
        """Return the errors as plain dictionaries, by position."""
        return {row: [error.to_json() for error in found] for row, found in self._errors.items()}

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as `regression_model.make_prediction` does, without the version."""
        predictions = self.predictions.tolist()
        for row in self._errors:
            predictions[row] = None
        answer: dict[str, Any] = {"predictions": predictions, "errors": self.errors_to_json()}
        if self.probabilities is not None:
            probabilities = self.probabilities.tolist()
            for row in self._errors:
                probabilities[row] = None
            answer |= {"probabilities": probabilities, "classes": list(self._classes or ())}
        return answer
