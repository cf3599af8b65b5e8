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
