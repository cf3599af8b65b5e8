"""Bandit: how far a run may be behind the best of all."""

from __future__ import annotations

from collections.abc import Sequence

from regression_model.config.sweep import BanditConfig
from regression_model.sweep.policies.base import Goal, Values, Verdict, cut, find_best, is_worse


def judge_bandit(policy: BanditConfig, own: Values, earlier: Sequence[Values], goal: Goal) -> Verdict | None:
    """Give up a run that is behind the best of all by more than the slack.

    With b the run's best up to N and B the best of all runs that it may see, itself among them: of a metric to
    maximise if ``b * (1 + slack_factor) < B``, or ``b < B - slack_amount``; to minimise if ``b > B * (1 +
    slack_factor)``, or ``b > B + slack_amount``.

    Parameters
    ----------
    policy : BanditConfig
    own : sequence of float
        Values of the intervals 1 to N; N is at least 1.
    earlier : sequence of sequence of float
        Of the runs of earlier batches.
    goal : {"minimize", "maximize"}

    Returns
    -------
    Verdict or None
        None if there is nothing to compare with. The bar is ``B / (1 + slack_factor)``, ``B - slack_amount``,
        ``B * (1 + slack_factor)`` or ``B + slack_amount``; on the bar a run goes on.

    Examples
    --------
    >>> policy = BanditConfig(slack_factor=0.2)
    >>> verdict = judge_bandit(policy, [0.5, 0.6], [[0.7, 0.8]], "maximize")
    >>> verdict.cancel, round(verdict.bar, 4)
    (True, 0.6667)
    """
    interval = len(own)
    seen = cut(earlier, interval)
    if not seen:
        return None
    best = find_best(own, goal)
    best_of_all = find_best([best, *(find_best(run, goal) for run in seen)], goal)
    if policy.slack_amount is not None:
        sign = -1 if goal == "maximize" else 1
        bar = best_of_all + sign * policy.slack_amount
        cancel = is_worse(best, bar, goal)
        slack = f"slack_amount {policy.slack_amount:g}"
    else:
        factor = 1 + (policy.slack_factor or 0.0)
        slack = f"slack_factor {policy.slack_factor:g}"
        if goal == "maximize":
            bar, cancel = best_of_all / factor, best * factor < best_of_all
        else:
            bar, cancel = best_of_all * factor, best > best_of_all * factor
    return Verdict(cancel, interval, best, bar, f"bandit, {slack}: best of all {best_of_all:.6g}")
