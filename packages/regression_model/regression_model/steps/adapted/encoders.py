"""feature-engine's encoders: same bytes from the same rows, same dtype whatever a batch holds."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import pandas as pd
from feature_engine.dataframe_checks import _check_contains_na, check_X
from feature_engine.encoding import CountFrequencyEncoder, OneHotEncoder, OrdinalEncoder, RareLabelEncoder
from pandas.api.types import is_numeric_dtype

from regression_model.steps.added_columns import find_clash


class RareLabels(RareLabelEncoder):
    """Group rare categories under one name.

    Differs from feature-engine's in that it does not warn where a column has few categories, and that missing
    values stay missing. As there, a category that was not seen in training is a rare one.

    Parameters
    ----------
    tol : float
        Least share of the training rows, in [0, 1], of a category that is kept.
    n_categories : int
        Columns with at most this many categories keep all of them.
    replace_with : str
        The common name of the rare ones.
    variables : list of str

    Examples
    --------
    >>> import pandas as pd
    >>> zones = pd.DataFrame({"zone": pd.Series(["RL", "RL", "RL", "RM"], dtype=object)})
    >>> RareLabels(tol=0.5, n_categories=1, variables=["zone"]).fit_transform(zones)["zone"].tolist()
    ['RL', 'RL', 'RL', 'Rare']
    """

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:  # noqa: ANN401 - ignored
        """Learn which categories are frequent; see the base class."""
        frame = check_X(X)
        variables = self._check_or_select_variables(frame)
        self.encoder_dict_ = {name: self._find_frequent(frame[name]) for name in variables}
        self.variables_ = variables
        self._get_feature_names_in(frame)
        return self

    def _find_frequent(self, column: pd.Series[Any]) -> list[str]:
        shares = column.value_counts(normalize=True)
        frequent = shares[shares >= self.tol] if len(shares) > self.n_categories else shares
        return sorted(frequent.index)

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Group the rare categories of a frame; see the base class."""
        frame: pd.DataFrame = self._check_transform_input_and_state(X)
        for name in self.variables_:
            kept = frame[name].isin(self.encoder_dict_[name]) | frame[name].isna()
            frame[name] = frame[name].where(kept, self.replace_with)
        return frame


class OrderedEncoder(OrdinalEncoder):
    """Replace categories by 0, 1, 2, ... in ascending order of the target's mean.

    Differs from feature-engine's in that categories with the same mean are in alphabetical order, that the
    numbers are floats, and that a target of labels is understood: a label counts as its position among the
    sorted labels, so for two classes the order is that of the share of the second one.

    Parameters
    ----------
    encoding_method : {"ordered", "arbitrary"}
    unseen : {"raise", "encode"}
        ``encode`` gives -1 to categories that were not seen in training.
    variables : list of str

    Examples
    --------
    >>> import pandas as pd
    >>> zones = pd.DataFrame({"zone": pd.Series(["RL", "RM", "FV"], dtype=object)})
    >>> encoder = OrderedEncoder(encoding_method="ordered", variables=["zone"])
    >>> encoder.fit(zones, [200, 100, 300]).encoder_dict_
    {'zone': {'RM': 0, 'RL': 1, 'FV': 2}}
    """

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:  # noqa: ANN401 - any array-like
        """Learn the order of the categories.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_columns)
        y : array-like of shape (n_rows,)
            Numbers or labels.
        """
        target = as_numbers(y, X.index)
        super().fit(X, target)
        for name in self.variables_:
            means = target.groupby(X[name]).mean().sort_index().sort_values(kind="stable")
            self.encoder_dict_[name] = {category: code for code, category in enumerate(means.index)}
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Encode a frame; see the base class."""
        frame: pd.DataFrame = super().transform(X)
        return frame.astype(dict.fromkeys(self.variables_, "float64"))


class FrequencyEncoder(CountFrequencyEncoder):
    """Replace categories by their count or share in training, as floats; see feature-engine's.

    Parameters
    ----------
    encoding_method : {"frequency", "count"}
    unseen : {"raise", "encode"}
        ``encode`` gives 0 to categories that were not seen in training.
    variables : list of str

    Examples
    --------
    >>> import pandas as pd
    >>> zones = pd.DataFrame({"zone": pd.Series(["RL", "RL", "RL", "RM"], dtype=object)})
    >>> encoder = FrequencyEncoder(encoding_method="frequency", unseen="encode", variables=["zone"])
    >>> encoder.fit_transform(zones)["zone"].tolist()
    [0.75, 0.75, 0.75, 0.25]
    """

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:  # noqa: ANN401 - ignored
        """Learn how frequent the categories are; see the base class."""
        super().fit(X, y)
        self.encoder_dict_ = {name: dict(sorted(codes.items())) for name, codes in self.encoder_dict_.items()}
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Encode a frame; see the base class."""
        frame: pd.DataFrame = super().transform(X)
        return frame.astype(dict.fromkeys(self.variables_, "float64"))


class OneHot(OneHotEncoder):
    """Replace a column of categories by a column of 0.0 and 1.0 for each, called ``<column>_<category>``.

    Differs from feature-engine's in that categories are in alphabetical order, that the numbers are floats,
    and that all columns are added at once. As there, a category not seen in training gives zeros everywhere.

    Parameters
    ----------
    drop_last : bool
        Whether to leave out the column of the last category.
    variables : list of str

    Examples
    --------
    >>> import pandas as pd
    >>> zones = pd.DataFrame({"zone": pd.Series(["RM", "RL"], dtype=object)})
    >>> OneHot(variables=["zone"]).fit_transform(zones)
       zone_RL  zone_RM
    0      0.0      1.0
    1      1.0      0.0
    """

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:  # noqa: ANN401 - ignored
        """Learn the categories; see the base class.

        Raises
        ------
        ValueError
            If two columns would have the same name; the message says which.
        """
        super().fit(X, y)
        stop = -1 if self.drop_last else None
        self.encoder_dict_ = {name: sorted(X[name].unique())[:stop] for name in self.variables_}
        added = [
            (f"{name}_{category}", f"the category {category!r} of {name!r}")
            for name, categories in self.encoder_dict_.items()
            for category in categories
        ]
        clash = find_clash(added, [name for name in X.columns if name not in self.variables_])
        if clash is not None:
            raise ValueError(f"OneHot: {clash}")
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Encode a frame; see the base class."""
        frame: pd.DataFrame = self._check_transform_input_and_state(X)
        _check_contains_na(frame, self.variables_)
        added = {
            f"{name}_{category}": (frame[name] == category).astype("float64")
            for name in self.variables_
            for category in self.encoder_dict_[name]
        }
        kept: pd.DataFrame = frame.drop(columns=self.variables_)
        return pd.concat([kept, pd.DataFrame(added, index=frame.index)], axis=1)


def as_numbers(target: Any, index: pd.Index[Any]) -> pd.Series[Any]:  # noqa: ANN401 - any array-like
    """Return a target as numbers: itself, or the positions of its labels among the sorted labels."""
    series = target if isinstance(target, pd.Series) else pd.Series(np.asarray(target), index=index)
    if is_numeric_dtype(series.dtype):
        return series
    positions = np.unique(series.to_numpy(dtype=object).astype(str), return_inverse=True)[1]
    return pd.Series(positions, index=series.index)
