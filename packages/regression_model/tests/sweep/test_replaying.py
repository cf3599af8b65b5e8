"""What another policy would have done, on a sweep of five runs in two batches."""

from __future__ import annotations

import pytest

from regression_model.config.sweep import BanditConfig, MedianStoppingConfig
from regression_model.sweep.policies import Verdict
from regression_model.sweep.records import Run
from regression_model.sweep.replaying import replay_policy


def run(number, batch, values, **more):
    more = {"status": "completed", "score": values[-1] if values else None, **more}
    return Run(number, batch, {}, values=tuple(values), fit_time_s=float(len(values)), **more)


RUNS = [
    run(0, 0, [0.5, 0.6, 0.7, 0.8]),
    run(1, 0, [0.2, 0.2, 0.2, 0.2]),
    run(2, 1, [0.1, 0.2, 0.3, 0.9]),  # slow, and then the best of all
    run(3, 1, [0.6, 0.7, 0.8, 0.85]),
    run(4, 1, [], status="failed"),
]


def test_a_policy_saves_intervals_and_may_cost_the_best_run():
    replay = replay_policy(RUNS, BanditConfig(slack_amount=0.2, evaluation_interval=2), "maximize")
    assert [(each.used, each.verdict is not None) for each in replay.runs] == [
        *((4, False), (4, False)),  # the first batch completes
        *((2, True), (4, False), (0, False)),
    ]
    assert (replay.n_cancelled, replay.saved_intervals, replay.recorded_intervals) == (1, 2, 16)
    assert replay.saved_time_s == 2.0
    assert (replay.recorded_best.number, replay.best.number) == (2, 3)
    assert replay.cost == pytest.approx(0.05)
    assert (replay.runs[2].verdict.interval, replay.runs[2].verdict.bar) == (2, pytest.approx(0.4))


def test_without_a_policy_everything_stays():
    replay = replay_policy(RUNS, None, "maximize")
    assert (replay.n_cancelled, replay.saved_intervals, replay.cost) == (0, 0, 0.0)


def test_what_is_given_up_earlier_counts_with_what_it_had():
    later = [*RUNS[:4], run(5, 2, [0.3, 0.3, 0.35, 0.35])]
    # The average of run 2 is 0.375 if it goes on to its end, and 0.1 if it is given up after its first interval.
    replay = replay_policy(later, MedianStoppingConfig(), "maximize")
    assert replay.runs[2].used == 1
    assert replay.runs[4].verdict.bar == pytest.approx((0.2 + 0.5) / 2)


def test_what_was_not_recorded_is_said_to_be_unknown():
    verdict = Verdict(True, 1, 0.1, 0.4, "bandit")
    cut = [*RUNS[:2], run(2, 1, [0.1], status="cancelled", score=None, verdict=verdict)]
    replay = replay_policy(cut, BanditConfig(slack_amount=0.2, delay_evaluation=2), "maximize")
    assert replay.n_open == 1
    assert replay.runs[2].is_open
    assert replay.best.number == 0


def test_failed_runs_are_no_best_run():
    replay = replay_policy([run(0, 0, [], status="failed")], BanditConfig(slack_amount=0.1), "minimize")
    assert (replay.recorded_best, replay.best, replay.cost) == (None, None, None)
