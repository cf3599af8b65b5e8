"""feature-engine's imputers of numbers, without their way of guessing new dtypes for all other columns."""

from __future__ import annotations

import pandas as pd
from feature_engine.imputation import ArbitraryNumberImputer, MeanMedianImputer


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
