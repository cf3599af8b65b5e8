from __future__ import annotations

import math

import pytest

from regression_model.config.sweep import BanditConfig
from regression_model.sweep.policies.bandit import judge_bandit

NAN = math.nan


@pytest.mark.parametrize(
    ("slack", "goal", "own", "earlier", "bar", "cancelled"),
    [
        # The documented example: the best is 0.8, so the bar is 0.8 / 1.2 or 0.8 - 0.2.
        ({"slack_factor": 0.2}, "maximize", [0.66], [[0.8]], 0.8 / 1.2, True),
        ({"slack_factor": 0.2}, "maximize", [0.67], [[0.8]], 0.8 / 1.2, False),
        ({"slack_amount": 0.2}, "maximize", [0.59], [[0.8]], 0.6, True),
        ({"slack_amount": 0.2}, "maximize", [0.61], [[0.8]], 0.6, False),
        # The mirror image.
        ({"slack_factor": 0.2}, "minimize", [0.97], [[0.8]], 0.96, True),
        ({"slack_factor": 0.2}, "minimize", [0.95], [[0.8]], 0.96, False),
        ({"slack_amount": 0.2}, "minimize", [1.01], [[0.8]], 1.0, True),
        ({"slack_amount": 0.2}, "minimize", [0.99], [[0.8]], 1.0, False),
        # On the bar it goes on.
        ({"slack_amount": 0.25}, "maximize", [0.5], [[0.75]], 0.5, False),
        ({"slack_factor": 0.5}, "minimize", [1.5], [[1.0]], 1.5, False),
        # 0 counts as given: nothing but the best goes on.
        ({"slack_factor": 0.0}, "maximize", [0.79], [[0.8]], 0.8, True),
        ({"slack_factor": 0.0}, "maximize", [0.8], [[0.8]], 0.8, False),
        ({"slack_amount": 0.0}, "minimize", [0.81], [[0.8]], 0.8, True),
        # The best up to N counts, of the run and of the others, not the last.
        ({"slack_amount": 0.1}, "maximize", [0.8, 0.1], [[0.8, 0.2]], 0.7, False),
        ({"slack_amount": 0.1}, "maximize", [0.6, 0.6], [[0.8, 0.2]], 0.7, True),
        # What the others did after N is not known at N; of several the best counts.
        ({"slack_amount": 0.1}, "maximize", [0.5], [[0.4, 0.9], [0.55, 0.9]], 0.45, False),
        # A run that was ahead is the best itself.
        ({"slack_factor": 0.1}, "maximize", [0.9], [[0.2]], 0.9 / 1.1, False),
        # A run without any number is behind whatever there is.
        ({"slack_factor": 0.1}, "minimize", [NAN, NAN], [[2.0, 1.0]], 1.1, True),
        ({"slack_amount": 0.1}, "minimize", [NAN, 1.0], [[2.0, 1.0]], 1.1, False),
    ],
)
def test_vectors(slack, goal, own, earlier, bar, cancelled):
    verdict = judge_bandit(BanditConfig(**slack), own, earlier, goal)
    assert verdict.cancel is cancelled
    assert verdict.bar == pytest.approx(bar)
    assert verdict.interval == len(own)


def test_the_first_batch_has_nothing_to_compare_with():
    assert judge_bandit(BanditConfig(slack_factor=0.0), [0.1], [], "maximize") is None
    assert judge_bandit(BanditConfig(slack_factor=0.0), [0.1], [[]], "maximize") is None
