"""Families that say how they do while they learn: after each epoch, or each round of boosting."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

from regression_model.build_context import BuildContext
from regression_model.families.base import Family

Watch = Callable[[int, Any], bool]
"""Told the number of an interval, from 1, and what the model would answer for the watched rows if it stopped now:
numbers of shape (n_rows,), or probabilities of shape (n_rows, n_classes). It says whether to go on."""


class IntervalFamily(Family):
    """A family whose models grow in intervals, each of which can be measured.

    Attributes
    ----------
    interval_unit : str
        What an interval is, such as ``epoch``.
    """

    interval_unit: ClassVar[str]

    @abstractmethod
    def fit_intervals(
        self,
        context: BuildContext,
        rows: Any,  # noqa: ANN401 - scikit-learn has no types
        target: Any,  # noqa: ANN401 - scikit-learn has no types
        watched: Any,  # noqa: ANN401 - scikit-learn has no types
        watch: Watch,
    ) -> Any:  # noqa: ANN401 - scikit-learn has no types
        """Fit as `build` and ``fit`` do, and tell of each interval on the way.

        Parameters
        ----------
        context : BuildContext
        rows : DataFrame of shape (n_rows, n_columns)
            As they reach the model.
        target : array of shape (n_rows,)
            As the model learns it: of a transformed target the transformed one.
        watched : DataFrame of shape (n_watched, n_columns)
            Rows to answer after each interval. They have no say in the model.
        watch : callable
            Told the interval and the answers for the watched rows; if it returns False, no further interval is told
            of, and the model is as far as it has come, or further.

        Returns
        -------
        estimator
            Fitted; unless it was stopped, the same, byte for byte, as without intervals.
        """
