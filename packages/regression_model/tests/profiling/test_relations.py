from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from regression_model.profiling import profile_table

N_ROWS = 200
GENERATOR = np.random.default_rng(3)
SIZE = GENERATOR.normal(100, 15, N_ROWS).round(3)
TOWN = GENERATOR.choice(["Aa", "Bb", "Cc"], N_ROWS)
PRICE = (SIZE * 2 + GENERATOR.normal(0, 9, N_ROWS)).round(3)


def profile(target="price", **columns):
    frame = pd.DataFrame({"size": SIZE, "town": TOWN, "price": PRICE, **columns}).astype(str).astype(object)
    return profile_table(frame, target)


def column(table, name):
    return next(item for item in table.columns if item.name == name)


def test_copies_are_left_out_in_favour_of_the_first():
    codes = pd.Series(TOWN).map({"Aa": "x", "Bb": "y", "Cc": "z"})
    table = profile(size_again=[f"{value:.5f}" for value in SIZE], town_again=TOWN, town_code=codes)
    assert column(table, "size").role == "number"
    assert column(table, "town").role == "category"
    assert column(table, "size_again").reason == "a copy of 'size' in other words"
    assert column(table, "town_again").reason == "a copy of 'town'"
    assert column(table, "town_code").reason == "a copy of 'town' in other words"


def test_columns_that_differ_in_one_row_are_no_copies():
    other = SIZE.copy()
    other[0] += 1
    assert column(profile(other=other), "other").role == "number"


@pytest.mark.parametrize("leak", [PRICE, -PRICE, np.log(PRICE)], ids=["same", "negative", "logarithm"])
def test_a_number_in_the_order_of_the_target_is_a_leak(leak):
    found = column(profile(leak=leak), "leak")
    assert (found.looks_like, found.role) == ("leak", None)


def test_a_number_that_is_nearly_the_target_is_no_leak():
    # Swapping two rows is all that it takes: only what is without exception is left out unasked.
    nearly = PRICE.copy()
    nearly[[0, 1]] = nearly[[1, 0]]
    assert column(profile(nearly=nearly), "nearly").role == "number"


def test_a_category_that_determines_the_class_is_a_leak():
    sold = GENERATOR.choice(["yes", "no"], N_ROWS)
    outcome = [f"{answer} {GENERATOR.integers(3)}" for answer in sold]
    table = profile("sold", sold=sold, outcome=outcome, paid=np.where(sold == "yes", "1", "0"))
    assert column(table, "outcome").looks_like == "leak"
    assert column(table, "paid").looks_like == "leak"
    assert column(table, "town").role == "category"


def test_what_is_all_there_is_stays_with_a_note():
    frame = pd.DataFrame({"x": np.arange(60) * 1.5, "y": np.arange(60) * 3.0})
    only = profile_table(frame, "y").columns[0]
    assert only.role == "number"
    assert "determines the target" in only.note


def test_the_strongest_column_is_named():
    assert profile().strongest == "size"
    assert profile("noise", noise=GENERATOR.normal(size=N_ROWS)).strongest is None


def test_years_are_counted_back_from_the_latest():
    built = GENERATOR.integers(1900, 2000, N_ROWS)
    sold = GENERATOR.integers(2005, 2010, N_ROWS)
    assert profile(YearBuilt=built, YrSold=sold).year_reference == "YrSold"
    assert profile(YrSold=sold).year_reference is None
    assert profile(YearBuilt=built, YearRepaired=sold - GENERATOR.integers(0, 200, N_ROWS)).year_reference is None
