"""Median stopping: a run has to be as good as earlier runs were on average."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import mean, median

from regression_model.config.sweep import MedianStoppingConfig
from regression_model.sweep.policies.base import Goal, Values, Verdict, cut, find_best, is_worse


def judge_median_stopping(
    policy: MedianStoppingConfig, own: Values, earlier: Sequence[Values], goal: Goal
) -> Verdict | None:
    """Give up a run whose best is worse than the median of the running averages of the earlier runs.

    A run's running average is the mean of its intervals 1 to N, or of as many as it has (Golovin et al. 2017, section
    3.2.2). The median of an even number is the mean of the two in the middle. At the median a run goes on.

    Parameters
    ----------
    policy : MedianStoppingConfig
        Says nothing but when to look.
    own, earlier, goal
        See `judge_bandit`.

    Returns
    -------
    Verdict or None
        None if there is nothing to compare with.

    Examples
    --------
    >>> earlier = [[0.5, 0.7], [0.6, 0.8], [0.1, 0.3]]  # averages 0.6, 0.7 and 0.2
    >>> verdict = judge_median_stopping(MedianStoppingConfig(), [0.4, 0.55], earlier, "maximize")
    >>> verdict.cancel, verdict.best, verdict.bar
    (True, 0.55, 0.6)
    """
    del policy
    interval = len(own)
    worst = find_best([], goal)
    averages = [mean(numbers) if _are_numbers(numbers) else worst for numbers in cut(earlier, interval)]
    if not averages:
        return None
    best, bar = find_best(own, goal), median(averages)
    rule = f"median stopping: median of the running averages of {len(averages)} earlier runs"
    return Verdict(is_worse(best, bar, goal), interval, best, bar, rule)


def _are_numbers(values: Values) -> bool:
    return not any(math.isnan(value) for value in values)
