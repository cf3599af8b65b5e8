from __future__ import annotations

import math

import pytest

from regression_model.transformers.series.cells import fill_series


def test_gaps_are_filled_between_neighbours_and_kept_level_at_the_ends():
    assert fill_series((math.nan, 2.0, math.nan, math.nan, 5.0, math.nan)).tolist() == [2, 2, 3, 4, 5, 5]


def test_a_missing_series_stays_missing():
    assert fill_series(None) is None
    assert fill_series((math.nan,)) is None


def test_anything_else_is_refused():
    with pytest.raises(ValueError, match="expected a series as a tuple of numbers, got float"):
        fill_series(0.5)
