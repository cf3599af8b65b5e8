"""What all our transformers have in common: reading the frame, naming what is wrong with it."""

from __future__ import annotations

import sys
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from regression_model.transformers.columns import check_columns_exist

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray
    from sklearn.utils import Tags


class FrameTransformer(TransformerMixin, BaseEstimator):
    """Base of the transformers: a DataFrame in, a DataFrame out, columns found by their names.

    A subclass stores its parameters in ``__init__`` and nothing else, validates them and learns in
    :meth:`_learn`, and changes the columns in :meth:`_change`. It promises that

    * the frame that was passed is never changed, nor is a parameter;
    * the order of the columns does not matter: they are found by name, and come out in the order of ``fit``;
    * the answer for a row does not depend on the other rows of the batch, which may also be empty;
    * numbers that it makes are ``float64`` with NaN for missing; categories are ``object`` with text or None;
    * what it learns does not depend on the order of the training rows, and the same input gives the same
      pickled bytes: no sets, no global random state.

    Arrays are read as frames whose columns are ``x0``, ``x1``, ... as scikit-learn names them.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns seen by ``fit``.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Their names, if ``fit`` was given a frame.
    """

    @abstractmethod
    def _learn(self, frame: pd.DataFrame) -> None:
        """Validate the parameters against ``frame`` and set the attributes that end in ``_``."""

    @abstractmethod
    def _change(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the answer; ``frame`` is ours (columns may be assigned), its arrays are not."""

    def _output_names(self, input_names: list[str]) -> list[str]:
        """Name the columns that come out, given those that come in; the same ones by default."""
        return input_names

    def _optional_columns(self) -> Collection[str]:
        """Name the columns that ``transform`` can do without; none by default."""
        return ()

    def fit(self, X: pd.DataFrame, y: object = None) -> Self:
        """Learn from the training frame.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_columns)
            At least one row and one column, unique column names.
        y : object, optional
            Ignored; here because scikit-learn passes it.

        Returns
        -------
        Self
            The transformer itself.

        Raises
        ------
        ValueError
            If a parameter does not suit the frame; the message names the parameter and the column.
        """
        self._learn(self._read_training_frame(X))
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return a changed copy of ``X``.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_columns)
            The columns that ``fit`` saw, in any order; any number of rows.

        Returns
        -------
        DataFrame of shape (n_rows, n_columns_out)
            Same index; the columns are those of :meth:`get_feature_names_out`.

        Raises
        ------
        ValueError
            If columns are missing or unexpected; the message names them.
        """
        check_is_fitted(self)
        return self._change(self._read_frame(X))

    def get_feature_names_out(self, input_features: Sequence[str] | None = None) -> NDArray[np.object_]:
        """Name the columns that :meth:`transform` returns, in their order.

        Parameters
        ----------
        input_features : sequence of str, optional
            Names of the columns that come in; must be those that ``fit`` saw, if it saw names.

        Returns
        -------
        ndarray of shape (n_columns_out,)
            Names, dtype object.

        Raises
        ------
        ValueError
            If ``input_features`` are not what ``fit`` saw.
        """
        check_is_fitted(self)
        names = self._input_names()
        if input_features is not None:
            given = list(input_features)
            wrong = given != names if hasattr(self, "feature_names_in_") else len(given) != len(names)
            if wrong:
                raise ValueError(f"{self._owner}: input_features must be the columns seen by fit, {names}, got {given}")
            names = given
        return np.array(self._output_names(names), dtype=object)

    @property
    def _owner(self) -> str:
        return type(self).__name__

    def _input_names(self) -> list[str]:
        if hasattr(self, "feature_names_in_"):
            return list(self.feature_names_in_)
        return [f"x{position}" for position in range(self.n_features_in_)]

    def _read_training_frame(self, X: object) -> pd.DataFrame:
        if not isinstance(X, pd.DataFrame):
            return self._read_array(X, reset=True)
        _check_column_names(X, self._owner)
        if not X.shape[0] or not X.shape[1]:
            raise ValueError(
                f"{self._owner}: a training frame needs at least one row and one column, "
                f"got {X.shape[0]} row(s) and {X.shape[1]} column(s)"
            )
        # Interned: equal names are one object, so that a pickle has the same bytes wherever they come from.
        self.feature_names_in_ = np.array([sys.intern(str(name)) for name in X.columns], dtype=object)
        self.n_features_in_ = X.shape[1]
        return X.copy(deep=False)

    def _read_frame(self, X: object) -> pd.DataFrame:
        if not isinstance(X, pd.DataFrame):
            return self._read_array(X, reset=False)
        _check_column_names(X, self._owner)
        expected = self._input_names()
        optional = self._optional_columns()
        required = [name for name in expected if name in X.columns or name not in optional]
        check_columns_exist(X.columns, required, f"{self._owner}.transform")
        unexpected = [name for name in X.columns if name not in expected and name not in optional]
        if unexpected:
            raise ValueError(f"{self._owner}.transform: unexpected columns {unexpected}, not seen in fit")
        return X[required]

    def _read_array(self, X: object, *, reset: bool) -> pd.DataFrame:
        array: NDArray[Any] = validate_data(self, X, reset=reset, dtype=None, ensure_all_finite=False)
        return pd.DataFrame(array, columns=self._input_names())

    def __sklearn_tags__(self) -> Tags:
        """Tell scikit-learn that missing values and text are welcome, and that numbers become float64."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.transformer_tags.preserves_dtype = []
        return tags


def _check_column_names(frame: pd.DataFrame, owner: str) -> None:
    if not all(isinstance(name, str) for name in frame.columns):
        raise ValueError(f"{owner}: column names must be text, got {list(frame.columns)}")
    if not frame.columns.is_unique:
        repeated = list(frame.columns[frame.columns.duplicated()].unique())
        raise ValueError(f"{owner}: column names must be unique, but {repeated} are there more than once")
