"""Columns that are chosen when the pipeline is fitted, for steps behind one that learns its columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Self, cast

import pandas as pd
from pandas.api.types import is_datetime64_any_dtype, is_numeric_dtype
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.utils.validation import check_is_fitted

if TYPE_CHECKING:
    from regression_model.steps.base import Kind


def kind_of(column: pd.Series[Any]) -> Kind:
    """Say what a column of our frames holds, by its dtype; booleans are numbers by then."""
    if is_numeric_dtype(column.dtype):
        return "number"
    if is_datetime64_any_dtype(column.dtype):
        return "datetime"
    known = column.first_valid_index()
    return "series" if known is not None and isinstance(column[known], tuple) else "category"


def on_columns(
    make: Callable[[Any], Any],
    columns: Sequence[str],
    kinds: Sequence[Kind],
    parameters: Sequence[str] = ("variables",),
) -> Any:  # noqa: ANN401 - scikit-learn has no type for a transformer
    """Make a transformer of the named columns, or of all columns of some kinds that will arrive.

    Parameters
    ----------
    make : callable
        Takes the list of columns, or None where they are chosen later.
    columns : sequence of str
        As `Step.build` gets them: names, or ``("all",)``.
    kinds : sequence of kind
        What the step can work on.
    parameters : sequence of str
        Names of the transformer's parameters that take the list.

    Returns
    -------
    transformer
    """
    if tuple(columns) != ("all",):
        return make(list(columns))
    return ByKind(make(None), tuple(kinds), tuple(parameters))


class ByKind(TransformerMixin, BaseEstimator):
    """Hands a transformer the columns of some kinds among those that `fit` gets.

    Parameters
    ----------
    transformer : transformer
        Unfitted; takes and returns DataFrames.
    kinds : tuple of {"number", "category", "datetime"}
    parameters : tuple of str, default=("variables",)
        Names of the transformer's parameters that take the list of columns.

    Attributes
    ----------
    transformer_ : transformer or None
        Fitted; None if there was no column of these kinds: then frames pass unchanged.
    feature_names_in_ : list of str
    n_features_in_ : int

    Examples
    --------
    >>> import pandas as pd
    >>> from regression_model.transformers import Binarise
    >>> frame = pd.DataFrame({"Pool": [0.0, 80.0], "Street": pd.Series(["Pave", "Grvl"], dtype=object)})
    >>> ByKind(Binarise([]), ("number",)).fit_transform(frame)
       Pool Street
    0   0.0   Pave
    1   1.0   Grvl
    """

    def __init__(
        self,
        transformer: Any,  # noqa: ANN401 - scikit-learn has no type for a transformer
        kinds: tuple[str, ...],
        parameters: tuple[str, ...] = ("variables",),
    ) -> None:
        self.transformer = transformer
        self.kinds = kinds
        self.parameters = parameters

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:  # noqa: ANN401 - whatever the transformer takes
        """Choose the columns and fit the transformer.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_columns)
        y : array-like of shape (n_rows,), optional
            Handed on.
        """
        self._choose(X)
        if self.transformer_ is not None:
            self.transformer_.fit(X, y)
        return self

    def fit_transform(self, X: pd.DataFrame, y: Any = None) -> pd.DataFrame:  # noqa: ANN401 - see `fit`
        """Fit, and transform the rows as the transformer does those that it learns from; see `fit`.

        Returns
        -------
        DataFrame of shape (n_rows, n_columns_out)
        """
        self._choose(X)
        if self.transformer_ is None:
            return X[self.feature_names_in_]
        return cast("pd.DataFrame", self.transformer_.fit_transform(X, y))

    def _choose(self, X: pd.DataFrame) -> None:
        """Find the columns, and make the transformer for them."""
        columns = [name for name in X.columns if kind_of(X[name]) in self.kinds]
        self.feature_names_in_ = list(X.columns)
        self.n_features_in_ = X.shape[1]
        self.transformer_ = None
        if columns:
            chosen = {parameter: list(columns) for parameter in self.parameters}
            self.transformer_ = clone(self.transformer).set_params(**chosen)

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Transform a frame that has the columns that `fit` saw.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_columns)

        Returns
        -------
        DataFrame of shape (n_rows, n_columns_out)
        """
        check_is_fitted(self)
        if self.transformer_ is None:
            return X[self.feature_names_in_]
        return cast("pd.DataFrame", self.transformer_.transform(X))

    def get_feature_names_out(self, input_features: Sequence[str] | None = None) -> Any:  # noqa: ANN401
        """Name the columns that `transform` returns."""
        check_is_fitted(self)
        if self.transformer_ is None:
            return list(self.feature_names_in_)
        return self.transformer_.get_feature_names_out(input_features)
