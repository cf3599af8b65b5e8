from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from regression_model.processing.time_series import find_overlap

SIGNAL = np.random.default_rng(0).normal(size=500)


def cut(*ranges):
    return pd.Series([tuple(SIGNAL[first:last].tolist()) for first, last in ranges], dtype=object)


def test_windows_that_overlap_hang_together():
    """In whatever order they come, and also where only a third one connects them."""
    windows = cut((64, 128), (300, 364), (0, 64), (32, 96))
    found = find_overlap(windows)
    assert found.groups.tolist() == [0, 1, 0, 0]
    assert (found.n_windows, found.n_pairs, found.share) == (3, 2, 0.5)
    assert "'evaluation.groups: overlap'" in found.describe()


def test_shorter_windows_within_longer_ones_and_equal_ones():
    assert find_overlap(cut((0, 100), (20, 50))).share == 1.0
    assert find_overlap(cut((0, 50), (0, 50))).groups.tolist() == [0, 0]


def test_no_overlap():
    assert find_overlap(cut((0, 64), (64, 128))) is None
    assert find_overlap(pd.Series([None, (1.0,), (1.0,)], dtype=object)) is None


def test_a_beginning_alone_is_no_overlap():
    first, second = cut((0, 64), (30, 94))
    assert find_overlap(pd.Series([first, (*second[:12], 99.0, *second[13:])], dtype=object)) is None


def test_a_sensor_at_rest_is_no_overlap():
    assert find_overlap(pd.Series([(0.0,) * 40, (0.0,) * 40], dtype=object)) is None


def test_any_column_counts():
    frame = pd.DataFrame({"x": cut((0, 20), (200, 220)), "y": cut((100, 120), (110, 130))})
    assert find_overlap(frame).groups.tolist() == [0, 0]


def test_missing_measurements_match_missing_ones():
    first, second = (np.array(window) for window in cut((0, 40), (20, 60)))
    first[30] = second[10] = np.nan
    windows = pd.Series([tuple(first), tuple(second)], dtype=object)
    assert find_overlap(windows).share == pytest.approx(0.5)
