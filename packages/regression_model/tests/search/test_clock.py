from __future__ import annotations

import time

import pytest

from regression_model.search.clock import Clock, Reserve, find_process_start_s


def test_a_process_began_before_it_can_ask_and_not_long_ago():
    began_s = find_process_start_s()
    assert began_s < time.monotonic()
    assert find_process_start_s() == pytest.approx(began_s, abs=0.1), "the same, whenever it asks"


def test_the_time_left_goes_down_and_below_zero():
    clock = Clock(time.monotonic() - 10.0, 4.0)
    assert clock.elapsed_s >= 10.0
    assert clock.left_s <= -6.0
    assert Clock(0.0).left_s is None


def test_what_is_set_aside_and_what_is_left_for_fitting_are_two_sides_of_one_sum():
    reserve = Reserve(startup_s=2.0, growth=1.25, n_parallel=2)
    needed_s = reserve.estimate_s([2.0, 2.0], limit_s=60.0)
    assert reserve.find_fit_time_s(needed_s, limit_s=60.0) == pytest.approx(4.0)
    assert reserve.find_fit_time_s(0.0, limit_s=60.0) == 0.0
    assert Reserve(2.0, 1.25).estimate_s([2.0, 2.0], 60.0) > needed_s, "one after the other takes longer"
    assert reserve.estimate_s([4.0], 60.0) > needed_s, "one model can't be divided"
