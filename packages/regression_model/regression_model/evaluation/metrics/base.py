"""What a metric is: a name, a direction, what it needs, and a function of a sample of rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, Self, TypeVar

import numpy as np
import numpy.typing as npt

from regression_model.errors import RegressionModelError

Task = Literal["regression", "classification"]
Direction = Literal["minimize", "maximize"]
Needs = Literal["prediction", "probabilities"]
Unit = Literal["target", "fraction", "score"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class UndefinedMetricError(RegressionModelError):
    """A metric has no value for these rows; the message says why. It never leaves the evaluation."""


class Sample(Protocol):
    """Rows that were predicted, prepared so that a resample of them costs one indexing per array."""

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        ...

    def take(self, rows: IntArray) -> Self:
        """Return the sample of these rows; a row may be taken more than once."""
        ...


SampleT = TypeVar("SampleT", bound=Sample)


@dataclass(frozen=True)
class Metric(Generic[SampleT]):
    """One metric of one task.

    Parameters
    ----------
    name : str
        How configs, manifests and leaderboards name it, such as ``rmse``.
    label : str
        How people name it, such as ``RMSE``.
    direction : {"minimize", "maximize"}
        Which way is better.
    needs : {"prediction", "probabilities"}
        Whether labels or numbers suffice, or class probabilities are needed.
    unit : {"target", "fraction", "score"}
        ``target``: in the unit of the target. ``fraction``: 0.1 is 10 %. ``score``: a bare number.
    lowest, highest : float
        The range of possible values; infinite where it has no end.
    description : str
        One sentence for people who read the report.
    function : callable
        From a sample to its value. Raises `UndefinedMetricError` where there is none.
    """

    name: str
    label: str
    direction: Direction
    needs: Needs
    unit: Unit
    lowest: float
    highest: float
    description: str
    function: Callable[[SampleT], float]

    def compute(self, sample: SampleT) -> float:
        """Return the metric's value, always a finite float.

        Raises
        ------
        UndefinedMetricError
            If the metric has no finite value for these rows.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            value = float(self.function(sample))
        if not np.isfinite(value):
            raise UndefinedMetricError("its value is too large for a floating point number")
        return value
