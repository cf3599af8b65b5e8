"""What the ways of computing features of series have in common."""

from __future__ import annotations

import sys
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from regression_model.transformers.base import FrameTransformer
from regression_model.transformers.columns import check_column_list
from regression_model.transformers.series.cells import Series, fill_series

if TYPE_CHECKING:
    from collections.abc import Sequence

Features = npt.NDArray[np.float64]
"""Of shape (n_rows, n_features); NaN where a feature is not defined for a series."""


class SeriesFeatures(FrameTransformer):
    """Base: replaces columns of series by columns of features, ``<column>__<feature>``.

    A feature that is not defined for a series (because it is too short, or missing) gets its median over the
    training rows, or 0 where no training row has it.

    Attributes
    ----------
    names_ : dict of str to list of str
        By column, the features that are computed.
    medians_ : dict of str to ndarray of shape (n_features,)
        By column, what undefined features become.
    """

    variables: list[str]

    @abstractmethod
    def _learn_column(
        self,
        column: str,
        series: list[Series],
        target: Any,  # noqa: ANN401 - scikit-learn has no type for array-likes
    ) -> tuple[list[str], Features]:
        """Learn from the series of a column which features to compute; return their names, and compute them.

        Parameters
        ----------
        column : str
        series : list of ndarray
            Those of the rows that have one, without gaps.
        target : array-like or None
            Of the same rows.
        """

    @abstractmethod
    def _compute(self, column: str, series: Sequence[Series]) -> Features:
        """Compute the features of a column that were learned, in the order of their names."""

    def fit(self, X: pd.DataFrame, y: object = None) -> Self:
        """Learn which features to compute.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_columns)
        y : array-like of shape (n_rows,), optional
            The target, for a selection by relevance.

        Raises
        ------
        ValueError
            If a column holds no series.
        """
        self.fit_transform(X, y)
        return self

    def fit_transform(self, X: pd.DataFrame, y: object = None) -> pd.DataFrame:
        """Do what `fit` and `transform` do, and compute each feature of the training rows once."""
        self._target = y
        self._computed: dict[str, Features] = {}
        try:
            frame = self._read_training_frame(X)
            self._learn(frame)
            return self._join(frame, self._computed)
        finally:
            del self._target, self._computed

    def _learn(self, frame: pd.DataFrame) -> None:
        check_column_list(frame, self.variables, f"{self._owner}.variables")
        self.names_: dict[str, list[str]] = {}
        self.medians_: dict[str, Features] = {}
        for given in self.variables:
            column = sys.intern(str(given))
            series, rows = self._read(frame, column)
            if not series:
                raise ValueError(f"{self._owner}: no row has a series in column {column!r}")
            target = None if self._target is None else np.asarray(self._target)[rows]
            self.names_[column], computed = self._learn_column(column, series, target)
            computed = _without_infinite(computed)
            self._computed[column] = np.full((len(frame), computed.shape[1]), np.nan)
            self._computed[column][rows] = computed
            known = ~np.isnan(computed).all(axis=0)
            self.medians_[column] = np.zeros(computed.shape[1])
            self.medians_[column][known] = np.nanmedian(computed[:, known], axis=0)

    def _read(self, frame: pd.DataFrame, column: str) -> tuple[list[Series], npt.NDArray[np.intp]]:
        """Return the series of the rows that have one, and which rows these are."""
        try:
            filled = [fill_series(None if cell is None or cell is pd.NA else cell) for cell in frame[column].tolist()]
        except ValueError as error:
            raise ValueError(f"{self._owner}: column {column!r}: {error}") from None
        rows = np.array([row for row, values in enumerate(filled) if values is not None], dtype=np.intp)
        return [values for values in filled if values is not None], rows

    def _change(self, frame: pd.DataFrame) -> pd.DataFrame:
        computed: dict[str, Features] = {}
        for column, names in self.names_.items():
            series, rows = self._read(frame, column)
            computed[column] = np.full((len(frame), len(names)), np.nan)
            if series:
                computed[column][rows] = _without_infinite(self._compute(column, series))
        return self._join(frame, computed)

    def _join(self, frame: pd.DataFrame, computed: dict[str, Features]) -> pd.DataFrame:
        """Put features, of which undefined ones get their medians, beside the other columns."""
        blocks = [frame.drop(columns=list(self.names_))]
        for column, names in self.names_.items():
            features = np.where(np.isnan(computed[column]), self.medians_[column], computed[column])
            blocks.append(pd.DataFrame(features, index=frame.index, columns=[f"{column}__{name}" for name in names]))
        return pd.concat(blocks, axis=1)

    def _output_names(self, input_names: list[str]) -> list[str]:
        added = [f"{column}__{name}" for column, names in self.names_.items() for name in names]
        return [*(name for name in input_names if name not in self.names_), *added]


def _without_infinite(features: Features) -> Features:
    return np.where(np.isinf(features), np.nan, features)
