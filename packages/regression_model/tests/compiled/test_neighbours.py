from __future__ import annotations

import numpy as np
import pytest

from regression_model.compiled.neighbours import (
    NearestPlaces,
    arrange,
    average,
    average_row,
    find_shrink,
    in_plane,
    squared_distances,
)


def build_places(n_places, *, on_grid=False):
    places = np.random.default_rng(n_places).normal(0, 3, (n_places, 2))
    if on_grid:  # many are equally far from each other
        places = np.unique(np.round(places), axis=0)
    return places[arrange(places)]


def find_by_force(places, point, n):
    squares = squared_distances(places, *point)
    order = np.argsort(squares, kind="stable")[:n]
    return squares[order], order


@pytest.mark.parametrize(("n_places", "on_grid"), [(1, False), (64, False), (65, False), (1000, False), (3000, True)])
@pytest.mark.parametrize("n", [1, 7, 150])
def test_the_nearest_are_those_that_a_search_through_all_finds(n_places, on_grid, n):
    places = build_places(n_places, on_grid=on_grid)
    n = min(n, len(places))
    nearest = NearestPlaces(places)
    points = np.vstack([places[:60], np.random.default_rng(0).normal(0, 8, (60, 2)), np.round(places[:60]), [[1e9, 0]]])
    squares, positions = nearest.find(points, n)
    for row, point in enumerate(points):
        expected = find_by_force(places, point, n)
        np.testing.assert_array_equal(squares[row], expected[0])
        np.testing.assert_array_equal(positions[row], expected[1])
        alone = nearest.find_row(*map(float, point), n)
        np.testing.assert_array_equal(alone[0], expected[0])
        np.testing.assert_array_equal(alone[1], expected[1])


def test_arranging_keeps_all_and_puts_near_places_together():
    places = np.random.default_rng(1).uniform(0, 1, (6400, 2))
    order = arrange(places)
    assert sorted(order) == list(range(6400))
    blocks = places[order].reshape(100, 64, 2)
    # 100 squares of equal numbers of places have sides of about 0.1; a block of random places one of about 1.
    assert np.ptp(blocks, axis=1).mean() < 0.2


def test_a_row_of_several_rows_is_the_same_as_alone():
    random = np.random.default_rng(2)
    squares = np.sort(random.uniform(0, 9, (50, 20)), axis=1)
    counts = random.integers(1, 5, (50, 20)).astype(float)
    means = random.normal(0, 1, (50, 20, 3))
    together = average(squares, counts, means, 9, 0.1)
    for row in range(50):
        own = slice(row, row + 1)
        np.testing.assert_array_equal(average(squares[own, :9], counts[own, :9], means[own, :9], 9, 0.1), together[own])
        parts = squares[row].tolist(), counts[row].tolist(), means[row].tolist()
        assert average_row(*parts, 9, 0.1) == together[row].tolist()
        assert average_row(*parts, 3, None) == average(squares[own], counts[own], means[own], 3, None)[0].tolist()


def test_places_count_until_they_have_k_rows():
    squares, counts = np.array([[0.0, 1.0, 4.0]]), np.array([[2.0, 1.0, 5.0]])
    means = np.array([[[10.0], [40.0], [100.0]]])
    assert average(squares, counts, means, 1, None).item() == 10
    assert average(squares, counts, means, 2, None).item() == 10
    assert average(squares, counts, means, 3, None).item() == 20
    assert average(squares, counts, means, 4, None).item() == pytest.approx((20 + 40 + 500) / 8)
    # 2 rows at distance 0, 1 at distance 1, softened by 1
    assert average(squares, counts, means, 3, 1.0).item() == pytest.approx((10 * 2 + 40 * 0.5) / 2.5)


def test_what_has_no_place():
    first = np.array([90.0, 90.1, np.nan, 0.0, 0.0])
    second = np.array([360.0, 0.0, 0.0, 361.0, np.inf])
    points, valid = in_plane(first, second, shrink=0.5, geographic=True)
    assert valid.tolist() == [True, False, False, False, False]
    assert points[0].tolist() == [90.0, 180.0]
    _, valid = in_plane(first, second, shrink=1.0, geographic=False)
    assert valid.tolist() == [True, True, False, True, False]


def test_a_degree_of_longitude_is_shorter_than_one_of_latitude():
    assert find_shrink(np.array([60.0, 60.0, 10.0]), geographic=True) == pytest.approx(0.5)
    assert find_shrink(np.array([90.0]), geographic=True) == 0.01
    assert find_shrink(np.array([60.0]), geographic=False) == 1.0
