import numpy as np
import pytest

from regression_model.records.applying import apply_changes
from regression_model.search.featurization.documents import write_steps
from regression_model.search.featurization.roles import find_roles
from regression_model.search.guardrails import check_guardrails

RNG = np.random.default_rng(10)
N = 300
NUMBER = RNG.normal(size=N).round(2)
ROLES = {
    "number": {"a": NUMBER, "tail": RNG.lognormal(size=N), "holes": np.where(np.arange(N) % 5, NUMBER, np.nan)},
    "category": {"b": RNG.choice(["p", "q", "r"], N), "c": [f"c{number}" for number in RNG.integers(0, 60, N)]},
    "boolean": {"flag": RNG.random(N) < 0.5},
    "datetime": {"sold": (np.datetime64("2020-01-01") + np.arange(N)).astype(str)},
}
TARGET = NUMBER + RNG.normal(size=N)


def write(table, choices, *, scale_sensitive=False):
    config, split = table
    roles = find_roles(split, config, check_guardrails(split, config))
    steps = write_steps(roles, choices, scale_sensitive=scale_sensitive)
    apply_changes(config, {"preprocessing": steps})
    return {step["step"]: step for step in steps}


def test_everything_becomes_a_number_without_missing_values(make_table):
    steps = write(make_table(ROLES, TARGET), {})
    assert list(steps) == [
        *("date_parts", "missing_indicator", "impute_category", "impute_frequent", "impute_related", "impute_number"),
        *("rare_labels", "ordered_encoding"),
    ]
    assert steps["impute_category"]["columns"] == ["category"]
    assert steps["impute_related"]["columns"] == ["a", "tail", "holes"]
    assert steps["missing_indicator"]["columns"] == ["holes"]
    assert steps["rare_labels"]["columns"] == ["c"]


def test_families_of_straight_lines_get_scaled_columns_without_tails(make_table):
    steps = write(make_table(ROLES, TARGET), {"encoding": "one_hot", "tails": "capped"}, scale_sensitive=True)
    assert list(steps)[-5:] == ["cap_outliers", "yeo_johnson", "target_encoding", "one_hot", "scale"]
    assert steps["cap_outliers"]["columns"] == ["a", "tail", "holes"]
    assert steps["yeo_johnson"]["columns"] == ["tail"]
    # A column for each of many categories would be too much.
    assert (steps["one_hot"]["columns"], steps["target_encoding"]["columns"]) == (["b"], ["c"])


@pytest.mark.parametrize("encoding", ["ordered", "one_hot", "target", "native"])
def test_ratios_go_with_every_encoding(make_table, encoding):
    steps = write(make_table(ROLES, TARGET), {"encoding": encoding, "ratios": 3})
    assert steps["combine_pairs"] == {"step": "combine_pairs", "columns": ["a", "tail", "holes"], "n": 3}


def test_places_get_columns_of_their_own(make_table):
    said = {"a": {"role": "latitude"}, "tail": {"role": "longitude"}}
    table = make_table(ROLES, TARGET, search={"columns": said})
    everything = write(table, {"geography": "all", "ratios": 5})
    assert everything["neighbour_target"]["columns"] == ["a", "tail"]
    assert {"rotate_coordinates", "place_clusters"} <= everything.keys()
    assert "place_clusters" not in write(table, {"geography": "neighbours"})
    assert "combine_pairs" not in everything  # one other number has no partner
    assert "neighbour_target" not in write(table, {"geography": "off"})


def test_new_columns_never_clash_with_those_that_are_there(make_table):
    numbers = {"lat": NUMBER, "lng": NUMBER[::-1], "neighbours_5": TARGET, "rotated_15_x": TARGET * NUMBER}
    said = {"lat": {"role": "latitude"}, "lng": {"role": "longitude"}}
    steps = write(make_table({"number": numbers}, TARGET, search={"columns": said}), {"geography": "all"})
    assert steps["neighbour_target"]["into"] == "search_neighbours"
    assert "into" not in steps["place_clusters"]


@pytest.mark.parametrize("ratios", [0, 2])
def test_series_become_numbers(make_table, ratios):
    waves = {"series": {"wave": [list(RNG.normal(size=20)) for _ in range(N)]}}
    table = make_table({**ROLES, **waves}, TARGET)
    steps = write(table, {"series": "minirocket", "encoding": "one_hot", "ratios": ratios}, scale_sensitive=True)
    assert steps["extract_series_features"]["extractor"] == "minirocket"


def test_several_classes_are_named_where_a_step_asks_for_them(make_table):
    steps = write(make_table(ROLES, RNG.choice(["x", "y", "z"], N)), {"encoding": "target"})
    assert steps["target_encoding"]["classes"] == ["x", "y", "z"]


def test_overrides_are_followed_column_by_column(make_table):
    columns = {
        "a": {"impute": "mean", "scale": "none"},
        "tail": {"scale": "yeo_johnson"},
        "holes": {"impute": "median"},
        "b": {"impute": "frequent", "encode": "frequency"},
        "c": {"encode": "ordered"},
        "sold": {"role": "left_out"},
    }
    table = make_table(ROLES, TARGET, search={"columns": columns})
    steps = write(table, {"encoding": "one_hot"}, scale_sensitive=True)
    assert steps["drop"]["columns"] == ["sold"]
    assert steps["impute_frequent"]["columns"] == ["b", "flag"]
    assert steps["impute_category"]["columns"] == ["c"]
    assert steps["impute_number"]["columns"] == ["holes"]
    assert steps["frequency_encoding"]["columns"] == ["b"]
    assert steps["ordered_encoding"]["columns"] == ["c"]
    assert steps["yeo_johnson"]["columns"] == ["tail"]
    assert steps["scale"]["columns"] == ["tail", "holes", "flag"]


def test_a_column_called_like_a_kind_is_named(make_table):
    letters = RNG.choice(["p", "q"], N)
    steps = write(make_table({"category": {"category": letters, "number": letters[::-1]}}, TARGET), {})
    assert steps["ordered_encoding"]["columns"] == ["category", "number"]
