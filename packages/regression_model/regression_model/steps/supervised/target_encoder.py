"""The target's mean of each category."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from regression_model.row_groups import find_row_groups
from regression_model.steps.supervised.base import SupervisedTransformer
from regression_model.steps.supervised.folds import REGRESSION, CrossFitting
from regression_model.transformers.columns import check_column_list

if TYPE_CHECKING:
    from numpy.typing import NDArray


class TargetEncoder(SupervisedTransformer):
    """Replace categories by the target's mean over the rows that have them, drawn towards that of all rows.

    With n rows of a category that have the mean m, and the mean M of all rows, the number is
    ``(n m + smoothing M) / (n + smoothing)``: D. Micci-Barreca, *A preprocessing scheme for high-cardinality
    categorical attributes*, SIGKDD Explorations 3 (2001). scikit-learn's ``TargetEncoder`` encodes in folds, too, but
    not by name.

    Parameters
    ----------
    variables : list of str
        Columns of categories.
    smoothing : float, default=10.0
        At least 0.
    cross_fitting : CrossFitting
        What the target is, and the folds for `fit_transform`: each row gets what rows of other folds say. With
        ``classes`` a column becomes ``<column>_<class>`` for each.

    Attributes
    ----------
    tables_ : dict of str to dict of str to list of float
        For each column and category, sorted, the number for each output.
    missing_ : dict of str to list of float
        The same of a missing category.
    mean_ : list of float
        Of all rows: what a category gets that was not seen.

    Examples
    --------
    >>> import pandas as pd
    >>> zones = pd.DataFrame({"zone": pd.Series(["RL", "RL", "RM", None], dtype=object)})
    >>> encoder = TargetEncoder(["zone"], smoothing=1.0).fit(zones, [30.0, 30.0, 10.0, 10.0])
    >>> moon = pd.DataFrame({"zone": pd.Series(["RL", "RM", None, "Moon"], dtype=object)})
    >>> encoder.transform(moon)["zone"].round(1).tolist()
    [26.7, 15.0, 15.0, 20.0]
    """

    def __init__(
        self,
        variables: list[str],
        *,
        smoothing: float = 10.0,
        cross_fitting: CrossFitting = REGRESSION,
    ) -> None:
        self.variables = variables
        self.smoothing = smoothing
        self.cross_fitting = cross_fitting

    def _learn_target(self, frame: pd.DataFrame, y: object) -> None:
        check_column_list(frame, self.variables, f"{self._owner}.variables")
        target = self.cross_fitting.read(y, self._owner)
        self.mean_ = _mean(target).tolist()
        self.tables_: dict[str, dict[str, list[float]]] = {}
        self.missing_: dict[str, list[float]] = {}
        for name in map(sys.intern, self.variables):
            codes, texts = _read(frame[name])
            means = self._smooth(codes, target, len(texts) + 1)
            self.tables_[name] = dict(zip(texts, means[:-1].tolist(), strict=True))
            self.missing_[name] = means[-1].tolist()

    def fit_transform(self, X: pd.DataFrame, y: object = None) -> pd.DataFrame:
        """Learn, and encode each row by what rows of other folds say; see `fit`, and `row_groups` for groups of rows.

        Returns
        -------
        DataFrame of shape (n_rows, n_columns_out)
        """
        self.fit(X, y)
        frame = self._read_frame(X)
        target = self.cross_fitting.read(y, self._owner)
        folds = self.cross_fitting.assign(target, find_row_groups(len(frame)))
        encoded = {}
        for name in self.tables_:
            codes, texts = _read(frame[name])
            values = np.empty_like(target)
            for fold in range(self.cross_fitting.folds):
                own, others = folds == fold, folds != fold
                if others.any():
                    values[own] = self._smooth(codes[others], target[others], len(texts) + 1)[codes[own]]
                else:  # the only row of all
                    values[own] = self.mean_
            encoded[name] = values
        return self._replace(frame, encoded)

    def _change(self, frame: pd.DataFrame) -> pd.DataFrame:
        encoded = {}
        for name, table in self.tables_.items():
            codes, texts = _read(frame[name])
            rows = [*(table.get(text, self.mean_) for text in texts), self.missing_[name]]
            encoded[name] = np.array(rows, dtype=np.float64)[codes]
        return self._replace(frame, encoded)

    def _smooth(self, codes: NDArray[np.intp], target: NDArray[np.float64], n_codes: int) -> NDArray[np.float64]:
        """Return the number of each code; that of all rows for one that no row has."""
        # Sorted, so that sums have the same last bits whatever the order of the rows.
        mean = _mean(target)
        counts = np.bincount(codes, minlength=n_codes).astype(np.float64)
        columns = []
        for column in target.T:
            order = np.lexsort((column, codes))
            columns.append(np.bincount(codes[order], column[order], n_codes))
        sums = np.column_stack(columns)
        weights = np.where(counts + self.smoothing > 0, counts + self.smoothing, 1.0)
        smoothed: NDArray[np.float64] = (sums + self.smoothing * mean) / weights[:, None]
        smoothed[counts == 0] = mean
        return smoothed

    def _replace(self, frame: pd.DataFrame, encoded: dict[str, NDArray[np.float64]]) -> pd.DataFrame:
        if not self.cross_fitting.classes:
            return frame.assign(**{name: values[:, 0] for name, values in encoded.items()})
        added = {
            f"{name}_{label}": values[:, position]
            for name, values in encoded.items()
            for position, label in enumerate(self.cross_fitting.classes)
        }
        kept = frame.drop(columns=list(encoded))
        return pd.concat([kept, pd.DataFrame(added, index=frame.index)], axis=1)

    def _output_names(self, input_names: list[str]) -> list[str]:
        if not self.cross_fitting.classes:
            return input_names
        kept = [name for name in input_names if name not in self.variables]
        return [*kept, *(f"{name}_{label}" for name in self.variables for label in self.cross_fitting.classes)]


def _mean(target: NDArray[np.float64]) -> NDArray[np.float64]:
    mean: NDArray[np.float64] = np.sort(target, axis=0).mean(axis=0)
    return mean


def _read(column: pd.Series[Any]) -> tuple[NDArray[np.intp], list[str]]:
    """Return a code for each row, and the texts in ascending order; a missing one has the code behind the last."""
    codes, texts = pd.factorize(column.astype(object).to_numpy(), sort=False)
    named = [sys.intern(str(text)) for text in texts]
    order = sorted(range(len(named)), key=named.__getitem__)
    places = np.empty(len(named) + 1, dtype=np.intp)
    places[order] = np.arange(len(named))
    places[-1] = len(named)  # a missing one has the code -1
    return places[codes], [named[position] for position in order]
