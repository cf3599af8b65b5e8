"""Histogram gradient boosting of scikit-learn, for columns of categories of which some may have been dropped."""

from __future__ import annotations

from typing import Any, Self

import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor


class _ByName:
    """Takes the names of columns in ``categorical_features`` for those that are there.

    scikit-learn refuses names of columns that a selection has dropped, and columns with more categories than
    ``max_bins``. Of these the codes count as numbers.
    """

    categorical_features: Any
    max_bins: int

    def fit(self, X: pd.DataFrame, y: Any, sample_weight: Any = None) -> Self:  # noqa: ANN401 - as scikit-learn's
        """Fit; see scikit-learn's documentation."""
        named = self.categorical_features
        found = [name for name in named if name in X.columns and X[name].nunique() <= self.max_bins]
        self.categorical_features = found or None
        try:
            super().fit(X, y, sample_weight)  # type: ignore[misc]
        finally:
            self.categorical_features = named
        return self


class CategoryBoostingRegressor(_ByName, HistGradientBoostingRegressor):
    """`sklearn.ensemble.HistGradientBoostingRegressor` that splits by some columns as categories."""


class CategoryBoostingClassifier(_ByName, HistGradientBoostingClassifier):
    """`sklearn.ensemble.HistGradientBoostingClassifier` that splits by some columns as categories."""
