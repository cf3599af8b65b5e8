"""Finds the rule that a configuration names."""

from __future__ import annotations

from collections.abc import Sequence

from regression_model.config.sweep import AnyPolicy, BanditConfig, MedianStoppingConfig
from regression_model.errors import ConfigError
from regression_model.evaluation import Metric
from regression_model.sweep.policies.bandit import judge_bandit
from regression_model.sweep.policies.base import Goal, Values, Verdict, is_due
from regression_model.sweep.policies.median_stopping import judge_median_stopping
from regression_model.sweep.policies.truncation import judge_truncation


def apply_policy(policy: AnyPolicy | None, own: Values, earlier: Sequence[Values], goal: Goal) -> Verdict | None:
    """Ask a policy about a run after its last interval.

    Parameters
    ----------
    policy : BanditConfig, MedianStoppingConfig, TruncationConfig or None
    own : sequence of float
        Values of the run's intervals 1 to N.
    earlier : sequence of sequence of float
        Of the runs of earlier batches.
    goal : {"minimize", "maximize"}

    Returns
    -------
    Verdict or None
        None if there is no policy, if it does not look after this interval, or if there is nothing to compare with.
    """
    if policy is None or not is_due(policy, len(own)):
        return None
    if isinstance(policy, BanditConfig):
        return judge_bandit(policy, own, earlier, goal)
    if isinstance(policy, MedianStoppingConfig):
        return judge_median_stopping(policy, own, earlier, goal)
    return judge_truncation(policy, own, earlier, goal)


def check_policy(policy: AnyPolicy | None, metric: Metric) -> None:  # type: ignore[type-arg]
    """Refuse a slack that is relative to what may be negative.

    Errors and losses, which only a perfect model brings to zero, and shares of the rows are taken.

    Raises
    ------
    ConfigError
        If the best run itself would be given up.
    """
    if isinstance(policy, BanditConfig) and policy.slack_factor is not None and metric.lowest < 0:
        raise ConfigError(
            f"'slack_factor' is relative to the best value, and {metric.name!r} may be negative or zero: then the best "
            "run itself would be given up. Use 'slack_amount', or another metric",
            key="sweep.policy.slack_factor",
        )
