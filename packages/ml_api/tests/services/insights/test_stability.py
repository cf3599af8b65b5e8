from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_api.services.insights.stability import compute_psi, find_chance_level, find_floor, judge

FLOORS = st.sampled_from([0.0001, 0.001, 0.005])


@st.composite
def histograms(draw: st.DrawFn, n: int = 2) -> list[list[float]]:
    """Shares over the same bins, some of them empty."""
    n_bins = draw(st.integers(2, 12))
    counts = st.lists(st.integers(0, 1000), min_size=n_bins, max_size=n_bins).filter(any)
    return [[count / sum(found) for count in found] for found in (draw(counts) for _ in range(n))]


def test_by_hand():
    # (0.2-0.1) ln(0.2/0.1) + (0.5-0.6) ln(0.5/0.6) + (0.3-0.3) ln(1)
    expected = 0.1 * math.log(2) + 0.1 * math.log(1.2)
    assert compute_psi([0.1, 0.6, 0.3], [0.2, 0.5, 0.3], floor=0.001) == pytest.approx(expected, rel=1e-12)


def test_an_empty_bin_counts_as_the_floor():
    assert compute_psi([0.0, 1.0], [0.5, 0.5], floor=0.01) == pytest.approx(
        0.49 * math.log(50) + 0.5 * math.log(2), rel=1e-12
    )


def test_bins_have_to_be_the_same():
    with pytest.raises(ValueError, match="zip"):
        compute_psi([0.5, 0.5], [1.0], floor=0.001)


@given(histograms(), FLOORS)
def test_it_is_never_negative_and_the_same_from_both_sides(pair, floor):
    expected, actual = pair
    psi = compute_psi(expected, actual, floor=floor)
    assert psi >= 0
    assert psi == pytest.approx(compute_psi(actual, expected, floor=floor), rel=1e-12, abs=1e-15)


@given(histograms(n=1), FLOORS)
def test_it_is_zero_for_equal_shares(one, floor):
    assert compute_psi(one[0], one[0], floor=floor) == 0


@given(histograms(), FLOORS, st.randoms(use_true_random=False))
def test_names_and_order_of_the_bins_do_not_matter(pair, floor, random):
    order = list(range(len(pair[0])))
    random.shuffle(order)
    moved = [[shares[index] for index in order] for shares in pair]
    assert compute_psi(*moved, floor=floor) == pytest.approx(compute_psi(*pair, floor=floor), rel=1e-12, abs=1e-15)


@given(histograms(), st.integers(1, 10))
def test_bins_that_are_empty_on_both_sides_change_nothing(pair, n_empty):
    longer = [[*shares, *[0.0] * n_empty] for shares in pair]
    assert compute_psi(*longer, floor=0.001) == compute_psi(*pair, floor=0.001)


def test_half_a_row_of_the_smaller_sample_is_the_floor():
    assert find_floor(100, 5000) == find_floor(5000, 100) == 0.005


def test_chance_exceeds_its_level_about_once_in_a_hundred_times():
    """Draw both samples from one distribution, and look how often the index says more than chance should."""
    random = np.random.default_rng(11)
    n_expected, n_actual, n_times = 2000, 500, 4000
    shares = np.full(10, 0.1)
    first = random.multinomial(n_expected, shares, n_times) / n_expected
    second = random.multinomial(n_actual, shares, n_times) / n_actual
    level = find_chance_level(10, n_expected, n_actual)
    floor = find_floor(n_expected, n_actual)
    above = sum(compute_psi(a, b, floor=floor) > level for a, b in zip(first, second, strict=True))
    # 40 are expected, give or take 3 standard deviations of sqrt(40); the theory itself is an approximation.
    assert 15 <= above <= 70


def test_one_bin_has_no_chance():
    assert find_chance_level(1, 100, 100) == 0


@pytest.mark.parametrize(
    ("psi", "level"), [(0.0999, "stable"), (0.1, "moderate"), (0.2499, "moderate"), (0.25, "major"), (9.0, "major")]
)
def test_thresholds(psi, level):
    assert judge(psi, 0.0) == level


def test_what_chance_alone_does_is_no_drift():
    assert judge(0.5, 0.5) == "stable"
