import dataclasses

import numpy as np
import pandas as pd

from regression_model.search.guardrails.drift import find_newly_missing, find_shifts, find_unseen_categories

RNG = np.random.default_rng(5)
N = 2000
ROLES = {"number": {"a": RNG.normal(size=N)}, "category": {"b": RNG.choice(["p", "q", "r"], N)}}
TARGET = RNG.normal(size=N)


def change(split, name, values):
    return dataclasses.replace(split, test=split.test.assign(**{name: values}))


def test_values_that_are_missing_only_in_held_out_rows_are_a_warning(make_table):
    config, split = make_table(ROLES, TARGET)
    changed = change(split, "a", split.test["a"].where(np.arange(len(split.test)) % 20 > 0))
    (found,) = find_newly_missing(changed, config)
    assert (found.name, found.severity, found.columns) == ("missing_only_later", "warning", ("a",))
    assert "25 rows" in found.found


def test_values_that_are_missing_more_often_are_a_warning(make_table):
    holes = np.where(np.arange(N) % 50 == 0, np.nan, ROLES["number"]["a"])
    config, split = make_table({**ROLES, "number": {"a": holes}}, TARGET)
    assert list(find_newly_missing(split, config)) == []
    (found,) = find_newly_missing(change(split, "a", split.test["a"].where(np.arange(len(split.test)) % 3 > 0)), config)
    assert found.name == "missing_more_later"


def test_a_shift_of_numbers_and_of_categories_is_found(make_table):
    config, split = make_table(ROLES, TARGET)
    assert list(find_shifts(split, config)) == []
    (found,) = find_shifts(change(split, "a", split.test["a"] + 1), config)
    assert found.columns == ("a",)
    (found,) = find_shifts(change(split, "b", split.test["b"].where(RNG.random(len(split.test)) < 0.5, "p")), config)
    assert found.columns == ("b",)


def test_splits_at_random_hardly_ever_seem_to_have_shifted(make_table):
    columns = {f"c{number}": RNG.normal(size=500) for number in range(40)}
    false_alarms = 0
    for seed in range(20):
        config, split = make_table({"number": columns}, RNG.normal(size=500), seed=seed)
        false_alarms += len(list(find_shifts(split, config)))
    assert false_alarms == 0


def test_categories_that_only_held_out_rows_have_are_named(make_table):
    config, split = make_table(ROLES, TARGET)
    values = pd.Series(np.where(np.arange(len(split.test)) < 5, "new", split.test["b"]), dtype=object)
    (found,) = find_unseen_categories(change(split, "b", values), config)
    assert found.columns == ("b",)


def test_the_held_out_target_is_never_read(make_table):
    config, split = make_table(ROLES, TARGET)
    blind = dataclasses.replace(split, test_target=None)
    for check in (find_newly_missing, find_shifts, find_unseen_categories):
        assert list(check(blind, config)) == []
