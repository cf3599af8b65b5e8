"""What policies have in common.

A policy looks at one run after its interval N, counted from 1, when N is a multiple of ``evaluation_interval`` and not
less than ``delay_evaluation``. It is told the values of the run's intervals 1 to N, and those of the runs of earlier
batches, of which it uses the intervals 1 to N, too; one that ended before, or was given up, counts with what it has.
Runs of the same batch are not seen, so that the verdict does not depend on which of them is ahead. Without earlier
runs there is no verdict: the first batch completes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from regression_model.config.sweep import PolicyConfig

Goal = Literal["minimize", "maximize"]
Values = Sequence[float]


@dataclass(frozen=True)
class Verdict:
    """What a policy says of a run at an interval.

    Attributes
    ----------
    cancel : bool
    interval : int
        N, from 1.
    best : float
        The run's best value up to N.
    bar : float
        What it was compared with: a run that is worse than this is given up.
    rule : str
        The comparison in words.
    """

    cancel: bool
    interval: int
    best: float
    bar: float
    rule: str


def is_due(policy: PolicyConfig, interval: int) -> bool:
    """Tell whether a policy looks at runs after this interval.

    Examples
    --------
    >>> policy = PolicyConfig(evaluation_interval=2, delay_evaluation=4)
    >>> [interval for interval in range(1, 9) if is_due(policy, interval)]
    [4, 6, 8]
    """
    return interval % policy.evaluation_interval == 0 and interval >= policy.delay_evaluation


def find_best(values: Values, goal: Goal) -> float:
    """Return the best value; of a run without any number the worst that there is.

    Examples
    --------
    >>> find_best([0.3, float("nan"), 0.7], "maximize"), find_best([], "minimize")
    (0.7, inf)
    """
    numbers = [value for value in values if not math.isnan(value)]
    if goal == "maximize":
        return max(numbers, default=-math.inf)
    return min(numbers, default=math.inf)


def is_worse(value: float, than: float, goal: Goal) -> bool:
    """Tell whether a value is worse than another one."""
    return value < than if goal == "maximize" else value > than


def cut(runs: Sequence[Values], interval: int) -> list[Values]:
    """Return what runs had said up to an interval; runs that had said nothing are left out."""
    return [run[:interval] for run in runs if len(run)]
