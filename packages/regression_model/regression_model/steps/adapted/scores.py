"""Scores of single columns, for selections by a filter."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from regression_model.ignored_warnings import ignore_warnings

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from regression_model.build_context import BuildContext

    Score = Callable[[Any, Any], Any]


def find_score(name: str, context: BuildContext) -> Score:
    """Return the function that scores columns.

    Parameters
    ----------
    name : {"f", "mutual_information"}
    context : BuildContext
        Its task says whether the target is a number or a class; its seed, which noise separates equal values.
    """
    from sklearn import feature_selection

    classes = context.task == "classification"
    if name == "f":
        return score_by_classes if classes else feature_selection.f_regression
    measure = feature_selection.mutual_info_classif if classes else feature_selection.mutual_info_regression
    return partial(measure, random_state=context.seed)


def score_by_classes(X: Any, y: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:  # noqa: ANN401
    """Return the F statistics and p-values of `sklearn.feature_selection.f_classif`, silently.

    A constant column, for which it warns, gets NaN and so is selected last.

    Parameters
    ----------
    X : array-like of shape (n_rows, n_columns)
    y : array-like of shape (n_rows,)

    Returns
    -------
    tuple of two ndarrays of shape (n_columns,)
    """
    from sklearn.feature_selection import f_classif

    constant = ignore_warnings("Features .* are constant", UserWarning)
    with constant, np.errstate(divide="ignore", invalid="ignore"):
        statistics, p_values = f_classif(X, y)
    return statistics, p_values
