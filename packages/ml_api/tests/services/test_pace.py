from __future__ import annotations

import time

from ml_api.services.pace import SHORT_S, Pace


def compute_for(seconds: float) -> None:
    end_s = time.thread_time() + seconds
    while time.thread_time() < end_s:
        pass


def test_a_model_that_turns_out_to_be_fast_is_taken_for_fast_and_one_that_slows_down_for_slow():
    pace = Pace()
    assert pace.is_long(1_000)
    for _ in range(20):
        assert pace.measure(1_000, lambda: "answer") == "answer"
    assert not pace.is_long(1_000)
    for _ in range(20):
        pace.measure(11, lambda: compute_for(0.01))
    assert pace.is_long(1_000)
    assert not pace.is_long(1)
    assert SHORT_S < 0.05


def test_few_rows_tell_nothing_of_many():
    pace = Pace()
    pace.measure(1, lambda: compute_for(0.05))
    assert not pace.is_long(1)


def test_waiting_for_others_is_not_taken_for_slowness():
    pace = Pace()
    for _ in range(20):
        pace.measure(11, lambda: time.sleep(0.01))
    assert not pace.is_long(1_000)
