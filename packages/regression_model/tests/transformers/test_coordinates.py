from __future__ import annotations

import pickle

import numpy as np

from regression_model.transformers.coordinates import NearestPlace, are_on_earth


def test_pickled_form_does_not_change_with_use():
    # scikit-learn's tree counts its queries, and pickles the counts.
    finder = NearestPlace(np.random.default_rng(0).uniform(-80, 80, (200, 2)))
    before = pickle.dumps(finder)
    finder.find_positions(np.zeros((3, 2)))
    assert pickle.dumps(finder) == before


def test_restored_finder_answers_the_same():
    generator = np.random.default_rng(1)
    finder = NearestPlace(generator.uniform(-80, 80, (200, 2)))
    rows = generator.uniform(-80, 80, (50, 2))
    restored = pickle.loads(pickle.dumps(finder))
    np.testing.assert_array_equal(restored.find_positions(rows), finder.find_positions(rows))


def test_no_rows_have_no_positions():
    assert NearestPlace(np.zeros((1, 2))).find_positions(np.empty((0, 2))).shape == (0,)


def test_range_of_coordinates():
    rows = np.array([[90, 360], [-90, -180], [90.1, 0], [0, 360.1], [0, -180.1], [np.nan, 0], [0, np.nan]])
    assert are_on_earth(rows).tolist() == [True, True, False, False, False, False, False]


def test_first_of_several_at_the_same_distance_is_taken():
    grid = np.array([[latitude, longitude] for latitude in range(-30, 31, 2) for longitude in range(-30, 31, 2)], float)
    # Halfway between two neighbours, which are equally near.
    between = np.array([[0.0, 1.0], [-1.0, 0.0], [0.0, -29.0], [29.0, 0.0]])
    first = grid[NearestPlace(grid).find_positions(between)]
    assert first.tolist() == [[0, 0], [-2, 0], [0, -30], [28, 0]]
    last = grid[::-1][NearestPlace(grid[::-1]).find_positions(between)]
    assert last.tolist() == [[0, 2], [0, 0], [0, -28], [30, 0]]


def test_nothing_near_enough_among_several_rows():
    places = NearestPlace(np.array([[0.0, 0.0], [10.0, 10.0]]))
    assert places.find_positions(np.array([[40.0, 40.0], [0.1, 0.0]]), 50).tolist() == [-1, 0]
    assert places.find_positions(np.array([[40.0, 40.0]]), 50).tolist() == [-1]
