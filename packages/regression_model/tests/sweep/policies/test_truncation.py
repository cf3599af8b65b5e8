from __future__ import annotations

import pytest

from regression_model.config.sweep import TruncationConfig
from regression_model.sweep.policies.truncation import judge_truncation

FOUR = [[0.9], [0.8], [0.7], [0.5]]


@pytest.mark.parametrize(
    ("percentage", "goal", "own", "earlier", "cancelled"),
    [
        # Of five runs 40 % are the worst two.
        (40, "maximize", [0.4], FOUR, True),
        (40, "maximize", [0.6], FOUR, True),
        (40, "maximize", [0.75], FOUR, False),
        (40, "minimize", [1.0], FOUR, True),
        (40, "minimize", [0.85], FOUR, True),
        (40, "minimize", [0.75], FOUR, False),
        # Rounded down: of five runs 39 % is one, 19 % none.
        (39, "maximize", [0.6], FOUR, False),
        (39, "maximize", [0.4], FOUR, True),
        # A tie never ends a run.
        (40, "maximize", [0.7], FOUR, False),
        (99, "maximize", [0.5], [[0.5], [0.5], [0.5]], False),
        (99, "maximize", [0.4], [[0.5], [0.5], [0.5]], True),
        # The best up to N counts, and of earlier runs nothing after it.
        (50, "maximize", [0.6, 0.1], [[0.5, 0.5, 0.9]], False),
        (50, "maximize", [0.4, 0.4], [[0.5, 0.5, 0.1]], True),
    ],
)
def test_vectors(percentage, goal, own, earlier, cancelled):
    verdict = judge_truncation(TruncationConfig(truncation_percentage=percentage), own, earlier, goal)
    assert verdict.cancel is cancelled


def test_nothing_is_cut_of_few_runs():
    assert judge_truncation(TruncationConfig(truncation_percentage=19), [0.0], FOUR, "maximize") is None
    assert judge_truncation(TruncationConfig(truncation_percentage=99), [0.0], [], "maximize") is None


def test_the_bar_is_what_a_run_has_to_reach():
    verdict = judge_truncation(TruncationConfig(truncation_percentage=40), [0.4], FOUR, "maximize")
    assert verdict.bar == 0.7
    assert verdict.rule == "truncation: the worst 2 of 5 runs (40 %)"
