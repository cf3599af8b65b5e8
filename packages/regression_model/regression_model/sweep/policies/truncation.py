"""Truncation: the worst part of the runs is given up."""

from __future__ import annotations

from collections.abc import Sequence

from regression_model.config.sweep import TruncationConfig
from regression_model.sweep.policies.base import Goal, Values, Verdict, cut, find_best, is_worse


def judge_truncation(policy: TruncationConfig, own: Values, earlier: Sequence[Values], goal: Goal) -> Verdict | None:
    """Give up a run that is among the worst ``truncation_percentage`` at N.

    The run and the earlier runs are ranked by their best values up to N. Of n runs the worst ``n *
    truncation_percentage / 100`` are given up, rounded down: with one earlier run and 20 % none. Of runs with equal
    values the one that is looked at counts as the better one, so that a tie never ends a run.

    Parameters
    ----------
    policy : TruncationConfig
    own, earlier, goal
        See `judge_bandit`.

    Returns
    -------
    Verdict or None
        None if there is nothing to compare with, or nothing is to be given up of so few runs. The bar is the value
        of that one of the earlier runs up to which, the worst first, there are as many as are to be given up.

    Examples
    --------
    >>> policy = TruncationConfig(truncation_percentage=40)  # of 5 runs the worst 2
    >>> earlier = [[0.9], [0.8], [0.7], [0.5]]
    >>> [judge_truncation(policy, [value], earlier, "maximize").cancel for value in (0.4, 0.6, 0.7)]
    [True, True, False]
    """
    interval = len(own)
    seen = [find_best(run, goal) for run in cut(earlier, interval)]
    n_cut = (len(seen) + 1) * policy.truncation_percentage // 100
    if not seen or not n_cut:
        return None
    best = find_best(own, goal)
    bar = sorted(seen, reverse=goal == "minimize")[n_cut - 1]  # the worst first
    rule = f"truncation: the worst {n_cut} of {len(seen) + 1} runs ({policy.truncation_percentage} %)"
    return Verdict(is_worse(best, bar, goal), interval, best, bar, rule)
