import numpy as np
import pytest

from regression_model.search.guardrails.target import find_cap, find_imbalance, find_skew

RNG = np.random.default_rng(3)
N = 400
X = {"number": {"a": RNG.normal(size=N)}}


def test_a_rare_class_is_a_warning(make_table):
    config, split = make_table(X, np.where(np.arange(N) % 20 == 0, "yes", "no"))
    (found,) = find_imbalance(split, config)
    assert (found.severity, found.columns) == ("warning", ("y",))
    assert "'no'" not in found.found and "5.0%" in found.found


def test_balanced_classes_are_fine(make_table):
    config, split = make_table(X, np.where(np.arange(N) % 2 == 0, "yes", "no"))
    assert list(find_imbalance(split, config)) == []


@pytest.mark.parametrize(("shift", "done"), [(0.0, "logarithm are tried"), (-5.0, "no logarithm")])
def test_a_long_tail_is_found(make_table, shift, done):
    config, split = make_table(X, RNG.lognormal(size=N) + shift)
    (found,) = find_skew(split, config)
    assert done in found.done


def test_a_target_that_was_cut_off_is_found(make_table):
    config, split = make_table(X, np.minimum(RNG.normal(size=N), 1.5))
    (found,) = find_cap(split, config)
    assert found.name == "capped_target"


def test_a_symmetric_target_is_fine(make_table):
    config, split = make_table(X, RNG.normal(size=N))
    assert [*find_cap(split, config), *find_skew(split, config), *find_imbalance(split, config)] == []
