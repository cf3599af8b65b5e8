import numpy as np
import pandas as pd
import pytest

from regression_model.config import load_config
from regression_model.processing.datasets import load_dataset
from regression_model.processing.training_table import build_training_table
from regression_model.search.geography import find_coordinates
from regression_model.train_pipeline.splitting import split_table

RNG = np.random.default_rng(8)
N = 3000


def make_town(latitude=47.5, longitude=-122.2):
    """Places around thirty centres, each with its own level of prices."""
    centres = RNG.normal(size=(30, 2)) * [0.1, 0.15] + [latitude, longitude]
    levels = RNG.uniform(1, 4, 30)
    home = RNG.integers(0, 30, N)
    points = centres[home] + RNG.normal(size=(N, 2)) * 0.01
    size = RNG.lognormal(0, 0.3, N) * 60 + 20
    frame = pd.DataFrame({"size": size.round(2), "b": points[:, 1].round(4), "c": points[:, 0].round(4)})
    return frame, levels[home] * size * RNG.lognormal(0, 0.1, N)


def test_places_are_found_whatever_the_columns_are_called():
    frame, price = make_town()
    found = find_coordinates(frame, price, list(frame))
    assert (found.latitude, found.longitude) == ("c", "b")
    assert "cluster" in found.why


def test_where_both_ranges_would_do_the_larger_one_is_the_latitude():
    frame, price = make_town(latitude=52.5, longitude=13.4)
    found = find_coordinates(frame, price, list(frame))
    assert (found.latitude, found.longitude) == ("c", "b")


def test_names_make_up_for_a_target_that_is_not_smooth():
    frame, price = make_town()
    noise = RNG.permutation(price)
    assert find_coordinates(frame, noise, list(frame)) is None
    named = frame.rename(columns={"b": "Lng", "c": "geo_lat"})
    found = find_coordinates(named, noise, list(named))
    assert (found.latitude, found.longitude) == ("geo_lat", "Lng")


def test_classes_can_be_smooth_over_places_too():
    frame, price = make_town()
    label = np.where(price > np.median(price), "dear", "cheap").astype(object)
    assert find_coordinates(frame, label, list(frame)) is not None


@pytest.mark.parametrize("correlation", [0.0, 0.9])
def test_two_measures_that_act_together_are_no_places(correlation):
    z = RNG.normal(size=(N, 2))
    a, b = z[:, 0], correlation * z[:, 0] + np.sqrt(1 - correlation**2) * z[:, 1]
    frame = pd.DataFrame({"a": (20 + 5 * a).round(2), "b": (50 + 5 * b).round(2)})
    assert find_coordinates(frame, (frame["a"] * frame["b"]).to_numpy(), ["a", "b"]) is None


def test_amounts_that_begin_at_zero_are_no_places():
    frame, price = make_town(latitude=0.5, longitude=0.5)
    moved = frame[["b", "c"]] - frame[["b", "c"]].min()
    assert find_coordinates(moved.round(4), price, ["b", "c"]) is None


def test_what_a_person_says_wins():
    frame, price = make_town()
    found = find_coordinates(frame, price, list(frame), {"size": "latitude", "b": "longitude"})
    assert (found.latitude, found.longitude) == ("size", "b")


def test_one_named_column_finds_the_other():
    frame, price = make_town(latitude=13.4, longitude=52.5)
    found = find_coordinates(frame, price, list(frame), {"c": "latitude"})
    assert (found.latitude, found.longitude) == ("c", "b")


def test_places_are_found_among_many_columns():
    frame, price = make_town()
    many = pd.DataFrame(RNG.normal(20, 5, (N, 30)).round(2)).rename(columns=lambda number: f"m{number}")
    wide = pd.concat([many, frame], axis=1)
    found = find_coordinates(wide, price, list(wide))
    assert (found.latitude, found.longitude) == ("c", "b")


def test_missing_coordinates_do_no_harm():
    frame, price = make_town()
    frame.loc[::7, "b"] = np.nan
    assert find_coordinates(frame, price, list(frame)) is not None


@pytest.mark.parametrize("name", ["california_housing", "bank_marketing"])
def test_real_tables(real_data, name):
    config = load_config(name)
    table = build_training_table(load_dataset(config, path=real_data(f"{name}.csv")).frame, config)
    split = split_table(table, config)
    numbers = [name for name, dtype in config.features.dtypes().items() if dtype in ("number", "integer")]
    renamed = {name: f"x{position}" for position, name in enumerate(numbers)}
    frame = split.train[sorted(numbers)].rename(columns=renamed)
    found = find_coordinates(frame, split.train_target.to_numpy(), list(frame))
    if name == "bank_marketing":
        assert found is None
    else:
        assert (found.latitude, found.longitude) == (renamed["latitude"], renamed["longitude"])
