from __future__ import annotations

import pytest

from regression_model.config.sweep import BanditConfig, MedianStoppingConfig, TruncationConfig
from regression_model.errors import ConfigError
from regression_model.evaluation import get_metric
from regression_model.sweep.policies import apply_policy, is_due
from regression_model.sweep.policies.choosing import check_policy


@pytest.mark.parametrize(
    ("every", "delay", "intervals"),
    [(1, 0, [1, 2, 3, 4, 5, 6]), (2, 0, [2, 4, 6]), (1, 4, [4, 5, 6]), (2, 3, [4, 6]), (3, 6, [6])],
)
def test_a_policy_looks_at_multiples_after_the_delay(every, delay, intervals):
    policy = MedianStoppingConfig(evaluation_interval=every, delay_evaluation=delay)
    assert [interval for interval in range(1, 7) if is_due(policy, interval)] == intervals


@pytest.mark.parametrize(
    "policy",
    [
        BanditConfig(slack_factor=0.1, evaluation_interval=2),
        MedianStoppingConfig(evaluation_interval=2),
        TruncationConfig(truncation_percentage=50, evaluation_interval=2),
    ],
    ids=lambda policy: policy.type,
)
def test_each_policy_is_asked_when_it_is_due(policy):
    earlier = [[0.5, 0.9]]
    assert apply_policy(policy, [0.1], earlier, "maximize") is None
    assert apply_policy(policy, [0.1, 0.2], earlier, "maximize").cancel
    assert not apply_policy(policy, [0.1, 0.95], earlier, "maximize").cancel


def test_without_a_policy_there_is_no_verdict():
    assert apply_policy(None, [0.1], [[0.9]], "maximize") is None


@pytest.mark.parametrize(("task", "name"), [("regression", "r2"), ("regression", "spearman")])
def test_a_relative_slack_of_what_may_be_negative_is_refused(task, name):
    with pytest.raises(ConfigError, match=f"'{name}' may be negative or zero.*Use 'slack_amount'"):
        check_policy(BanditConfig(slack_factor=0.1), get_metric(task, name))
    check_policy(BanditConfig(slack_amount=0.1), get_metric(task, name))
    check_policy(MedianStoppingConfig(), get_metric(task, name))


@pytest.mark.parametrize(("task", "name"), [("regression", "mae"), ("classification", "accuracy")])
def test_errors_and_shares_have_a_relative_slack(task, name):
    check_policy(BanditConfig(slack_factor=0.1), get_metric(task, name))
