from __future__ import annotations

import time

from ml_api.services.pace import SHORT_S, Pace


def test_a_model_that_turns_out_to_be_fast_is_taken_for_fast_and_one_that_slows_down_for_slow():
    pace = Pace()
    assert pace.is_long(1_000)
    for _ in range(20):
        assert pace.measure(1_000, lambda: "answer") == "answer"
    assert not pace.is_long(1_000)
    for _ in range(20):
        pace.measure(11, lambda: time.sleep(0.01))
    assert pace.is_long(1_000)
    assert not pace.is_long(1)
    assert SHORT_S < 0.05


def test_few_rows_tell_nothing_of_many():
    pace = Pace()
    pace.measure(1, lambda: time.sleep(0.05))
    assert not pace.is_long(1)
