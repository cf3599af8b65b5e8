"""feature-engine's power transformation, kept away from powers that leave nothing but rounding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from feature_engine.transformation import YeoJohnsonTransformer
from scipy import stats

if TYPE_CHECKING:
    import pandas as pd

_LEAST_SPREAD = 1e-6
"""Standard deviation of the results, as a part of the largest, below which their last digits are all that differs."""

_LARGEST = 1e30
"""Results beyond this are near to what numbers of 32 bits can't hold."""


class YeoJohnson(YeoJohnsonTransformer):
    """Transform columns by Yeo and Johnson's power family.

    Differs from feature-engine's in that a column of large numbers that hardly differ, such as years, stays as it is:
    the power that maximises the likelihood may be one of which all results agree in nearly all of their digits, or are
    larger than anything.

    Parameters
    ----------
    variables : list of str

    Examples
    --------
    >>> import pandas as pd
    >>> sales = pd.DataFrame({"year": [2006.0, 2007.0, 2008.0, 2008.0], "price": [1.0, 10.0, 100.0, 1000.0]})
    >>> powers = YeoJohnson(variables=["year", "price"]).fit(sales).lambda_dict_
    >>> powers["year"], bool(abs(powers["price"]) < 0.2)
    (1.0, True)
    """

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:  # noqa: ANN401 - ignored
        """Learn the powers; see the base class."""
        super().fit(X, y)
        for name, power in self.lambda_dict_.items():
            with np.errstate(all="ignore"):
                results = stats.yeojohnson(X[name].to_numpy(dtype="float64"), lmbda=power)
                spread, largest = float(np.std(results)), float(np.abs(results).max())
            # What is not a number is neither.
            if not _LEAST_SPREAD * largest <= spread <= _LARGEST:
                self.lambda_dict_[name] = 1.0
        return self
