"""Selection of columns, with a fitted state that is small and always pickles to the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import pandas as pd
from feature_engine.dataframe_checks import check_X
from feature_engine.selection import DropConstantFeatures, DropCorrelatedFeatures, DropDuplicateFeatures
from feature_engine.wrappers import SklearnTransformerWrapper
from pandas.api.types import is_numeric_dtype
from sklearn.base import clone

from regression_model.ignored_warnings import ignore_warnings

if TYPE_CHECKING:
    from collections.abc import Iterable


class KeepSelected(SklearnTransformerWrapper):
    """Drop the columns that a selector of scikit-learn does not select.

    Differs from feature-engine's wrapper in that it forgets the fitted selector (a forest of megabytes that
    no prediction needs), that a selection of nothing is an error, and that one of more columns than there are is
    a selection of all.

    Parameters
    ----------
    transformer : selector
    variables : list of str, optional
        What to select from; by default all columns of numbers. Other columns pass.

    Attributes
    ----------
    features_to_drop_ : list of str
    """

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:  # noqa: ANN401 - any array-like
        """Select; see the base class.

        Raises
        ------
        ValueError
            If no column at all is left.
        """
        # Behind a step that learns its columns nobody knows how many there will be.
        with ignore_warnings(r".*(is greater than n_features|> n_features)", UserWarning):
            super().fit(X, y)
        if len(self.features_to_drop_) == self.n_features_in_:
            raise ValueError(
                f"{type(self.transformer).__name__} selected none of the {self.n_features_in_} columns; "
                "make the selection less strict"
            )
        self.transformer_ = clone(self.transformer)
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Drop the columns that were not selected."""
        frame = check_X(X)[self.feature_names_in_]
        return frame.drop(columns=self.features_to_drop_)


class DropConstant(DropConstantFeatures):
    """Drop columns in which one value has at least the share ``tol`` of the rows.

    Differs from feature-engine's in that missing counts as a value, of all kinds of column.

    Parameters
    ----------
    tol : float
        In (0, 1]; 1 drops only what never changes.
    variables : list of str, optional
        By default all.

    Examples
    --------
    >>> import pandas as pd
    >>> list(DropConstant(tol=1).fit_transform(pd.DataFrame({"a": [1, 1], "b": [1, 2], "c": [None, None]})))
    ['b']
    """

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:  # noqa: ANN401 - ignored
        """Find the columns to drop.

        Raises
        ------
        ValueError
            If no column is left.
        """
        frame = check_X(X)
        self.variables_ = _existing(frame, self.variables)
        shares = {name: frame[name].value_counts(normalize=True, dropna=False).max() for name in self.variables_}
        self.features_to_drop_ = [name for name, share in shares.items() if share >= self.tol]
        if len(self.features_to_drop_) == frame.shape[1]:
            raise ValueError(f"all {frame.shape[1]} columns are constant (tol={self.tol}): no column would be left")
        self._get_feature_names_in(frame)  # type: ignore[no-untyped-call]
        return self


class DropDuplicated(DropDuplicateFeatures):
    """Drop columns that repeat an earlier one in every row.

    Differs from feature-engine's in that numbers are compared by value whatever their dtype, and that one
    column alone is allowed.

    Parameters
    ----------
    variables : list of str, optional
        By default all.

    Examples
    --------
    >>> import pandas as pd
    >>> list(DropDuplicated().fit_transform(pd.DataFrame({"a": [1, 2], "b": [1.0, 2.0], "c": [2, 1]})))
    ['a', 'c']
    """

    duplicated_feature_sets_: Any
    features_to_drop_: Any

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:  # noqa: ANN401 - ignored
        """Find the columns to drop."""
        frame = check_X(X)
        self.variables_ = _existing(frame, self.variables)
        groups: dict[bytes, list[str]] = {}
        for name in self.variables_:
            groups.setdefault(_digest(frame[name]), []).append(name)
        self.duplicated_feature_sets_ = [group for group in groups.values() if len(group) > 1]
        repeated = {name for group in self.duplicated_feature_sets_ for name in group[1:]}
        self.features_to_drop_ = [name for name in self.variables_ if name in repeated]
        self._get_feature_names_in(frame)  # type: ignore[no-untyped-call]
        return self


class DropCorrelated(DropCorrelatedFeatures):
    """Drop columns of numbers that correlate with another one, alphabetically earlier, that is kept.

    Differs from feature-engine's in that groups are lists.

    Parameters
    ----------
    threshold : float
        Absolute correlation, in (0, 1), above which a column is dropped.
    method : {"pearson", "spearman", "kendall"}
    variables : list of str, optional
        By default all numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"a": [1.0, 2, 3, 5], "b": [2.0, 4, 6, 10], "c": [1.0, -1, 1, -1]})
    >>> list(DropCorrelated(threshold=0.9).fit_transform(frame))
    ['a', 'c']
    """

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:  # noqa: ANN401 - ignored
        """Find the columns to drop; see the base class."""
        super().fit(X, y)
        self.correlated_feature_sets_ = [sorted(group) for group in self.correlated_feature_sets_]
        self.correlated_feature_dict_ = {name: sorted(group) for name, group in self.correlated_feature_dict_.items()}
        return self


def _existing(frame: pd.DataFrame, variables: Iterable[str] | None) -> list[str]:
    if variables is None:
        return list(frame.columns)
    missing = [name for name in variables if name not in frame.columns]
    if missing:
        raise KeyError(f"missing columns {missing}; the columns are {list(frame.columns)}")
    return list(variables)


def _digest(column: pd.Series[Any]) -> bytes:
    values = column.astype("float64") if is_numeric_dtype(column.dtype) else column
    return pd.util.hash_pandas_object(values, index=False).to_numpy().tobytes()
