from __future__ import annotations

import time
from concurrent.futures import Future

import numpy as np
import pytest

from regression_model.execution import Outcome
from regression_model.records.run_folder import RunFolder
from regression_model.search.arrays import encode_array
from regression_model.search.batches import Batches
from regression_model.search.clock import Clock, Reserve
from regression_model.search.pacing import Pace
from regression_model.search.records import Candidate
from regression_model.search.running_trials import TrialRunner


def make_pace(*, elapsed_s: float, limit_s: float | None, startup_s: float = 2.0) -> Pace:
    return Pace(Clock(time.monotonic() - elapsed_s, limit_s), Reserve(startup_s, growth=1.25))


def told(fold: int, fit_time_s: float = 0.0) -> dict[str, float]:
    return {"fold": fold, "folds": 5, "fit_time_s": fit_time_s}


def test_a_trial_whose_folds_take_too_long_is_hopeless_and_one_that_was_forgotten_is_not():
    pace = make_pace(elapsed_s=10.0, limit_s=60.0)
    for number in (0, 1, 2):
        pace.tell(number, told(0))
    assert pace.find_hopeless([0, 1, 2]) == []
    pace.tell(0, told(1, 45.0))
    pace.tell(1, told(1, 1.0))
    pace.tell(2, told(1, 45.0))
    assert pace.find_hopeless([0, 1, 2]) == [0, 2]
    pace.forget(0)
    assert pace.find_hopeless([0, 1, 2]) == [2]
    assert pace.find_hopeless([1]) == []


def test_nothing_is_hopeless_without_a_limit_or_when_there_is_no_time_for_another_one():
    for pace in (make_pace(elapsed_s=10.0, limit_s=None), make_pace(elapsed_s=57.0, limit_s=60.0)):
        pace.tell(0, told(0))
        pace.tell(0, told(1, 500.0))
        assert pace.find_hopeless([0]) == []


@pytest.mark.parametrize(
    ("elapsed_s", "limit_s", "fit_time_s", "expected"),
    [
        (10.0, 60.0, 1.0, False),
        (60.0, 60.0, 1.0, False),  # 2 s to start and 1.25 s to fit miss the limit by less than a tenth
        (63.0, 60.0, 1.0, True),
        (30.0, 60.0, 40.0, True),  # to fit it once more would take longer than what is left
        (3.0, 3.5, 1.0, False),  # so short a limit can't be kept: it is used up
        (3.6, 3.5, 1.0, True),
        (900.0, None, 1.0, False),
    ],
)
def test_without_a_completed_trial_a_search_is_over_when_no_model_could_be_trained_any_more(
    elapsed_s, limit_s, fit_time_s, expected
):
    pace = make_pace(elapsed_s=elapsed_s, limit_s=limit_s)
    pace.tell(0, told(0))
    pace.tell(0, told(1, fit_time_s))
    assert pace.is_over() is expected


RESULT = {
    "score": 1.0, "interval": None, "fold_scores": [], "metrics": {}, "fit_time_s": 0.01, "latency_ms": 0.1,
    "compiled": True, "size_bytes": 1,
}  # fmt: skip


class OneIsSlow:
    """A backend whose task for trial 0 begins and never ends by itself."""

    n_workers = 2

    def __init__(self) -> None:
        self.cancelled: list[Future[Outcome]] = []

    def submit(self, task, on_progress=None):
        future: Future[Outcome] = Future()
        on_progress({"fold": 0, "folds": 3, "fit_time_s": 0.0})
        if task.payload["changes"]["number"] > 1:
            future.set_result(Outcome("completed", {**RESULT, "predictions": encode_array(np.zeros(3))}))
        elif task.payload["changes"]["number"] == 1:
            future.set_result(Outcome("failed", reason="ValueError: x"))
        return future

    def cancel(self, only=None):
        self.cancelled.append(only)
        only.set_result(Outcome("cancelled"))


class Numbered:
    def propose(self, numbers, told, pending=()):
        return [Candidate(number, "portfolio", "ridge", {"number": number}) for number in numbers]


def test_a_slow_first_trial_is_given_up_for_a_quicker_one(tmp_path):
    folder, backend = RunFolder.create(tmp_path, "x"), OneIsSlow()
    clock, reserve = Clock(time.monotonic(), 2.0), Reserve(0.05, growth=1.0)
    with folder.open_journal() as journal:
        batches = Batches(4, 1)
        runner = TrialRunner(
            Numbered(), batches, backend, folder, journal, lambda _event: None, clock, reserve, "table"
        )
        stop = runner.run()
    assert stop.reason == "trials"
    assert len(backend.cancelled) == 1
    assert {number: result.status for number, result in runner.results.items()} == {
        0: "timed_out", 1: "failed", 2: "completed", 3: "completed",
    }  # fmt: skip
    assert "would not have been done within the time limit" in runner.results[0].reason
    assert clock.elapsed_s < 2.0
