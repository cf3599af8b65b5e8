"""feature-engine's imputers, without their way of guessing new dtypes or adding a name twice."""

from __future__ import annotations

from typing import Any, Self

import pandas as pd
from feature_engine.imputation import AddMissingIndicator, ArbitraryNumberImputer, MeanMedianImputer

from regression_model.steps.added_columns import find_clash


class NumberImputer(MeanMedianImputer):
    """Fill missing numbers with the mean or the median of their column.

    feature-engine's own ``transform`` ends with ``infer_objects``, which turns the columns of text that
    merely pass by from ``object`` into pandas' ``str``, depending on what a batch happens to hold. This one
    does not.

    Parameters
    ----------
    imputation_method : {"median", "mean"}
    variables : list of str

    Examples
    --------
    >>> import pandas as pd
    >>> lots = pd.DataFrame({"Area": [1.0, None, 5.0], "Street": pd.Series(["a", "b", "c"], dtype=object)})
    >>> filled = NumberImputer(variables=["Area"]).fit_transform(lots)
    >>> filled["Area"].tolist(), filled["Street"].dtype
    ([1.0, 3.0, 5.0], dtype('O'))
    """

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Fill a frame; see the base class."""
        return self._transform(X).fillna(value=self.imputer_dict_)


class ConstantNumberImputer(ArbitraryNumberImputer):
    """Fill missing numbers with a constant; see `NumberImputer` for what is changed.

    Parameters
    ----------
    arbitrary_number : float
    variables : list of str

    Examples
    --------
    >>> import pandas as pd
    >>> lots = pd.DataFrame({"Area": [1.0, None]})
    >>> ConstantNumberImputer(arbitrary_number=0, variables=["Area"]).fit_transform(lots)["Area"].tolist()
    [1.0, 0.0]
    """

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Fill a frame; see the base class."""
        return self._transform(X).fillna(value=self.imputer_dict_)


class MissingIndicator(AddMissingIndicator):
    """Add for each column ``<column>_na``: 1 where it is missing, 0 elsewhere; never a name that is there already.

    Parameters
    ----------
    missing_only : bool
    variables : list of str or None

    Examples
    --------
    >>> import pandas as pd
    >>> lots = pd.DataFrame({"Area": [1.0, None], "Area_na": [0.0, 0.0]})
    >>> MissingIndicator(missing_only=False, variables=["Area"]).fit(lots)
    Traceback (most recent call last):
    ...
    ValueError: MissingIndicator: the indicator of 'Area' would become the column 'Area_na', which is there already; \
rename or leave out one of them
    """

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:  # noqa: ANN401 - ignored
        """Learn which columns to mark; see the base class."""
        super().fit(X, y)
        added = [(f"{name}_na", f"the indicator of {name!r}") for name in self.variables_]
        clash = find_clash(added, list(X.columns))
        if clash is not None:
            raise ValueError(f"MissingIndicator: {clash}")
        return self
