from __future__ import annotations

import hashlib
import struct

import numpy as np
import pandas as pd
import pytest

from regression_model.transformers import RowSeededSampleImputer
from regression_model.transformers.random_sample_imputer import MISSING_CODE

WRAP = 2**64 - 1


@pytest.fixture
def train():
    generator = np.random.default_rng(0)
    frontage = generator.choice([50.0, 60.0, 60.0, 60.0], 200)
    return pd.DataFrame(
        {
            "frontage": np.where(np.arange(200) % 10 == 0, np.nan, frontage),
            "garage": pd.Series(generator.choice(["Attchd", "Detchd"], 200), dtype=object),
            "area": generator.uniform(-100, 100, 200),
            "since": pd.to_datetime(generator.integers(0, 10**9, 200), unit="s").astype("datetime64[ns]"),
        }
    )


def batch(train, n_rows, **columns):
    areas = np.random.default_rng(5).uniform(-100, 100, n_rows)
    nothing = pd.Series([None] * n_rows, dtype=object)
    frame = pd.DataFrame({"frontage": np.nan, "garage": nothing, "area": areas, "since": pd.NaT}).assign(**columns)
    return frame.astype(train.dtypes)


def test_only_holes_are_filled(train):
    answer = RowSeededSampleImputer(["frontage"], ["area"]).fit_transform(train)
    there = train["frontage"].notna()
    assert answer["frontage"].notna().all()
    assert (answer.loc[there, "frontage"] == train.loc[there, "frontage"]).all()
    pd.testing.assert_frame_equal(answer.drop(columns="frontage"), train.drop(columns="frontage"))


def test_values_are_drawn_as_often_as_they_occur(train):
    imputer = RowSeededSampleImputer(["frontage", "garage"], ["area"]).fit(train)
    answer = imputer.transform(batch(train, 20_000))
    for column in ("frontage", "garage"):
        expected = train[column].value_counts(normalize=True)
        # Four standard deviations of a share among 20 000 draws are at most 4 * 0.5 / sqrt(20 000) = 0.0142.
        drawn = answer[column].value_counts(normalize=True)[expected.index]
        np.testing.assert_allclose(drawn, expected, atol=0.0142)


def test_variables_are_drawn_independently(train):
    answer = RowSeededSampleImputer(["frontage", "garage"], ["area"]).fit(train).transform(batch(train, 20_000))
    is_wide, is_attached = answer["frontage"] == 60.0, answer["garage"] == "Attchd"
    # A correlation of 20 000 independent pairs has a standard deviation of 0.0071; 0.03 is over four of them.
    assert abs(np.corrcoef(is_wide, is_attached)[0, 1]) < 0.03


def test_rows_that_agree_in_the_seed_columns_get_the_same_value(train):
    imputer = RowSeededSampleImputer(["frontage"], ["area"]).fit(train)
    assert imputer.transform(batch(train, 50, area=3.25))["frontage"].nunique() == 1
    assert imputer.transform(batch(train, 50))["frontage"].nunique() == 2


@pytest.mark.parametrize(
    ("seed_column", "cells"),
    [
        ("area", [1.0, -1.0, 0.5, np.nan, 122.42, -122.42, 1e300, 3.0]),
        ("garage", ["Attchd", "attchd", "", None, "Moon", "é", "a", "b"]),
        ("since", [*pd.date_range("2001-01-01", periods=7, freq="s"), None]),
    ],
)
def test_every_kind_of_seed_column_and_missing_too_has_an_answer(train, seed_column, cells):
    imputer = RowSeededSampleImputer(["frontage"], [seed_column]).fit(train)
    seeds = pd.Series(cells, dtype=train[seed_column].dtype)
    state = imputer._encode_cells(seeds.to_frame(seed_column), seed_column)
    assert len(np.unique(state)) == len(cells)
    assert imputer.transform(batch(train, 8, **{seed_column: seeds}))["frontage"].notna().all()


def test_equal_numbers_draw_equally_whatever_their_type(train):
    imputer = RowSeededSampleImputer(["frontage"], ["area"]).fit(train)
    for area in (np.float32(0), 0, -0.0, False):
        frame = batch(train, 1).assign(area=area)
        assert imputer._encode_cells(frame, "area").tolist() == [0]


def test_the_seed_changes_the_draws(train):
    rows = batch(train, 500)
    first, second = (
        RowSeededSampleImputer(["garage"], ["area"], seed=seed).fit(train).transform(rows)["garage"] for seed in (1, 2)
    )
    # Of 500 fair coin pairs, half agree; 0.4 to 0.6 is over four standard deviations (0.022) either way.
    assert 0.4 < (first == second).mean() < 0.6


def mix(state):
    """SplitMix64 in plain integers."""
    state = (state + 0x9E3779B97F4A7C15) & WRAP
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & WRAP
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & WRAP
    return state ^ (state >> 31)


def encode(cell):
    if pd.isna(cell):
        return MISSING_CODE
    if isinstance(cell, str):
        return int.from_bytes(hashlib.blake2b(cell.encode(), digest_size=8).digest(), "little")
    return struct.unpack("<Q", struct.pack("<d", cell))[0]


def test_plain_integers_split_mix_is_the_published_one():
    # The first outputs of the generator for the state 0, as its reference implementation gives them.
    assert mix(0) == 0xE220A8397B1DCDAF
    assert mix(0x9E3779B97F4A7C15) == 0x6E789E6AA1B965F4


def test_answers_are_those_of_the_definition(train):
    seed_columns = ["area", "garage"]
    imputer = RowSeededSampleImputer(["frontage"], seed_columns, seed=11).fit(train)
    rows = batch(train, 60, garage=pd.Series(["Attchd", None, "Moon"] * 20, dtype=object))
    rows.loc[7, "area"] = np.nan
    pool = sorted(train["frontage"].dropna())
    expected = []
    for cells in rows[seed_columns].itertuples(index=False):
        state = mix(11 ^ encode("frontage"))
        for cell in cells:
            state = mix(state ^ encode(cell))
        expected.append(pool[state % len(pool)])
    assert imputer.transform(rows)["frontage"].tolist() == expected


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"variables": []}, "RowSeededSampleImputer.variables: expected a list"),
        ({"variables": ["frontag"]}, "did you mean 'frontage'"),
        ({"variables": ["since"]}, "variables: 'since' holds dates"),
        ({"variables": ["nothing"]}, "column 'nothing' has no value to learn from: all 200 rows are missing"),
        ({"seed_columns": ["Id"]}, r"RowSeededSampleImputer.seed_columns: missing columns \['Id'\]"),
        ({"seed": -1}, r"seed: expected an integer in \[0, 2\*\*63\), got -1"),
        ({"seed": 2**63}, "seed: expected an integer"),
    ],
)
def test_bad_parameters_are_named(train, parameters, message):
    good = {"variables": ["frontage"], "seed_columns": ["area"]}
    with pytest.raises(ValueError, match=message):
        RowSeededSampleImputer(**{**good, **parameters}).fit(train.assign(nothing=np.nan))


def test_real_houses(real_data):
    houses = pd.read_csv(real_data("house_prices.csv"), keep_default_na=False, na_values=["NA"])
    truth = houses["LotArea"].astype("float64")
    houses["LotArea"] = truth.mask(houses.index % 5 == 0)
    imputer = RowSeededSampleImputer(["LotArea"], ["Neighborhood", "YearBuilt", "GrLivArea"], seed=0)
    answer = imputer.fit_transform(houses)["LotArea"]
    holes = houses["LotArea"].isna()
    assert holes.sum() > 400
    assert answer.notna().all()
    assert answer[holes].isin(truth[~holes]).all()
    # Medians of two samples of hundreds of the same lots: near, not equal.
    np.testing.assert_allclose(answer[holes].median(), truth[~holes].median(), rtol=0.1)


def test_state_of_a_variable_is_a_whole_number_of_64_bits_that_depends_on_its_name():
    frame = pd.DataFrame({"a": [1.0, 2.0, None], "b": [1.0, None, 3.0]})
    imputer = RowSeededSampleImputer(["a", "b"], seed_columns=["b"], seed=3).fit(frame)
    states = [imputer.find_state(name) for name in ("a", "b")]
    assert all(type(state) is int and 0 <= state < 2**64 for state in states)
    assert len(set(states)) == 2
