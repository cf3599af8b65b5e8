from __future__ import annotations

import numpy as np
import pytest

from regression_model.evaluation.scoring import Scorer
from regression_model.search.ensembling.parsimony import is_worth_it

TARGET = np.random.default_rng(0).normal(100, 20, 500)
SINGLE = TARGET + np.random.default_rng(1).normal(0, 6, 500)


@pytest.mark.parametrize(
    ("closer", "worth"),
    [(0.8, True), (0.97, True), (1.0, False), (1.05, False)],
    ids=["far", "evenly", "same", "worse"],
)
def test_it_is_worth_it_where_it_is_better_on_most_resamples(closer, worth):
    ensemble = TARGET + closer * (SINGLE - TARGET)

    assert is_worth_it(ensemble, SINGLE, TARGET, Scorer("regression", "rmse"), seed=0) is worth


def test_a_gain_on_a_few_rows_is_not():
    ensemble = SINGLE.copy()
    ensemble[:2] = TARGET[:2]
    ensemble[2:] += np.random.default_rng(3).normal(0, 1.5, 498)

    assert not is_worth_it(ensemble, SINGLE, TARGET, Scorer("regression", "rmse"), seed=0)


def test_larger_is_better_for_a_metric_of_that_direction():
    better = TARGET + 0.9 * (SINGLE - TARGET)

    assert is_worth_it(better, SINGLE, TARGET, Scorer("regression", "r2"), seed=0)
    assert not is_worth_it(SINGLE, better, TARGET, Scorer("regression", "r2"), seed=0)
