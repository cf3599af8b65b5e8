"""Ranges of the steps' parameters, and rules between them."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from pydantic import ValidationError

from regression_model.build_context import BuildContext
from regression_model.errors import ConfigError
from regression_model.steps.plan import plan_steps
from regression_model.steps.registry import step_kinds


def make(kind, **parameters):
    return step_kinds()[kind].model_validate({"step": kind, **parameters})


@pytest.mark.parametrize(
    ("kind", "parameters", "message"),
    [
        ("binarise", {"threshold": "nan"}, "finite number"),
        ("cap_outliers", {"method": "median"}, "'gaussian', 'iqr', 'mad' or 'quantiles'"),
        ("cap_outliers", {"fold": "0"}, "greater than 0"),
        ("cap_outliers", {"method": "quantiles", "fold": "0.3"}, "'fold' is at most 0.2, found 0.3"),
        ("combine", {"columns": ["a", "b"], "operation": "sum"}, "into"),
        ("combine", {"columns": ["a"], "operation": "ratio", "into": "x"}, "takes two columns by name, found a"),
        ("combine", {"operation": "difference", "into": "x"}, "takes two columns by name, found none"),
        ("combine_pairs", {"n": "0"}, "greater than or equal to 1"),
        ("combine_pairs", {"operations": []}, "at least 1 item"),
        ("combine_pairs", {"operations": ["ratio", "ratio"]}, "names each operation once"),
        ("date_parts", {"features_to_extract": ["yaer"]}, "'month', 'quarter'"),
        ("date_parts", {"features_to_extract": []}, "at least 1 item"),
        ("date_parts", {"features_to_extract": ["year", "year"]}, "names each part once"),
        ("drop_constant", {"tol": "0"}, "greater than 0"),
        ("drop_constant", {"tol": "1.1"}, "less than or equal to 1"),
        ("drop_correlated", {"threshold": "1"}, "less than 1"),
        ("drop_correlated", {"method": "cosine"}, "'pearson', 'spearman' or 'kendall'"),
        ("elapsed_time", {"columns": ["a"]}, "reference"),
        ("frequency_encoding", {"measure": "share"}, "'frequency' or 'count'"),
        ("impute_category", {"value": ""}, "at least 1 character"),
        ("impute_constant_number", {"columns": ["a"]}, "value"),
        ("impute_constant_number", {"value": "none"}, "valid number"),
        ("impute_number", {"statistic": "mode"}, "'median' or 'mean'"),
        ("impute_related", {"columns": ["a"], "most": "4"}, "less than or equal to 3"),
        ("impute_sample", {"columns": ["a"], "seed_columns": []}, "at least 1 item"),
        ("lookup", {"table": "t", "values": "v"}, "exactly one of 'key' and 'nearest'"),
        ("lookup", {"table": "t", "values": "v", "key": "a", "nearest": ["b", "c"]}, "exactly one of"),
        ("lookup", {"table": "t", "values": "v", "nearest": ["b"]}, "is .latitude, longitude., found b"),
        ("lookup", {"table": "t", "values": [], "key": "a"}, "at least 1 item"),
        ("lookup", {"table": "t", "values": "v", "key": "a", "max_distance_km": "5"}, "with 'nearest' only"),
        ("lookup", {"table": "t", "values": "v", "key": "a", "columns": "b"}, "leave out 'columns'"),
        ("neighbour_target", {"columns": ["a"]}, "takes two columns by name, such as .* found a"),
        ("neighbour_target", {"columns": ["a", "b"], "k": []}, "at least 1 item"),
        ("neighbour_target", {"columns": ["a", "b"], "k": ["3", "3"]}, "names each number of neighbours once"),
        ("neighbour_target", {"columns": ["a", "b"], "k": "2000"}, "less than or equal to 1000"),
        ("neighbour_target", {"columns": ["a", "b"], "weights": "near"}, "'distance' or 'uniform'"),
        ("neighbour_target", {"columns": ["a", "b"], "folds": "1"}, "greater than or equal to 2"),
        ("ordered_encoding", {"unseen": "raise"}, "'most_frequent' or 'below'"),
        ("ordinal_mapping", {"order": ["Po"]}, "at least 2 items"),
        ("ordinal_mapping", {"order": ["Po", "Fa", "Po"]}, "more than once: Po"),
        ("ordinal_mapping", {"order": ["Po", "Fa"], "unseen": "highest"}, "'missing', 'lowest' or 'error'"),
        ("place_clusters", {"columns": ["a", "a"]}, "takes two columns by name"),
        ("place_clusters", {"columns": ["a", "b"], "n_clusters": "1"}, "greater than or equal to 2"),
        ("place_clusters", {"columns": ["a", "b"], "distances": "no"}, "at least one of 'distances' and 'nearest'"),
        ("rare_labels", {"tol": "-0.1"}, "greater than or equal to 0"),
        ("rare_labels", {"tol": "2"}, "less than or equal to 1"),
        ("rare_labels", {"n_categories": "-1"}, "greater than or equal to 0"),
        ("rare_labels", {"n_categories": "2.5"}, "valid integer"),
        ("rotate_coordinates", {"columns": ["a", "b"], "angles_degrees": ["90"]}, "less than 90"),
        ("rotate_coordinates", {"columns": ["a", "b"], "angles_degrees": ["9", "9"]}, "names each angle once"),
        ("rotate_coordinates", {}, "takes two columns by name, such as .latitude, longitude., found none"),
        ("scale", {"method": "max"}, "'standard', 'minmax' or 'robust'"),
        ("select_filter", {}, "exactly one of 'k' and 'percentile'"),
        ("select_filter", {"k": "3", "percentile": "50"}, "exactly one of"),
        ("select_filter", {"k": "0"}, "greater than or equal to 1"),
        ("select_filter", {"percentile": "100"}, "less than 100"),
        ("select_lasso", {"alpha": "0"}, "greater than 0"),
        ("select_lasso", {"C": "-1"}, "greater than 0"),
        ("select_recursive", {}, "n_features"),
        ("select_recursive", {"n_features": "2", "step_fraction": "1"}, "less than 1"),
        ("select_trees", {"n_estimators": "0"}, "greater than or equal to 1"),
        ("target_encoding", {"smoothing": "-1"}, "greater than or equal to 0"),
        ("select_trees", {"threshold": "1.5"}, "less than 1"),
    ],
)
def test_out_of_range(kind, parameters, message):
    with pytest.raises(ValidationError, match=message):
        make(kind, **parameters)


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (
            make("elapsed_time", columns=["built", "sold"], reference="sold"),
            "'sold' is the reference of the step 'elapsed_time'",
        ),
        (make("combine", columns=["built", "sold"], operation="sum", into="area"), "can't add 'area'"),
        (make("combine", columns=["built"], operation="sum", into="x"), "needs at least two columns, found built"),
        (
            make("combine", columns=["number", "built"], operation="ratio", into="x"),
            "takes two columns by name, found number, built",
        ),
        (make("lookup", table="t", key="zone", values="area"), r"can't add area: .* give a 'prefix'"),
        (make("place_clusters", columns=["number", "built"]), "takes two columns by name, found number, built"),
        (
            make("target_encoding", columns="zone", classes=["a", "b", "a"]),
            "'a' of 'zone' and 'a' of 'zone' would both become",
        ),
        (make("drop", columns="all"), "would leave no column"),
    ],
)
def test_what_does_not_suit_the_columns_is_refused_without_data(step, message):
    kinds = {"built": "number", "sold": "number", "area": "number", "zone": "category"}
    with pytest.raises(ConfigError, match=message):
        plan_steps([step], kinds)


def build_lookup(tables, **parameters):
    step = make("lookup", table="zones", key="zone", **parameters)
    return step.build(step.columns, BuildContext(task="regression", tables=tables))


@pytest.mark.parametrize(
    ("tables", "values", "message"),
    [
        ({}, "people", "needs the reference table 'zones'; there is none"),
        ({"zone": pd.DataFrame()}, "people", r"table 'zones' \(did you mean 'zone'\?\); there is zone"),
        (
            {"zones": pd.DataFrame({"zone": ["a"], "people": [1]})},
            "peopel",
            r"'zones' has no column 'peopel' \(did you mean 'people'\?\)",
        ),
        ({"zones": pd.DataFrame({"people": [1]})}, "people", "'zones' has no column 'zone'"),
        (
            {"zones": pd.DataFrame({"zone": ["a"], "people": ["many"]})},
            "people",
            "adds numbers; in the reference table 'zones' these are none: people",
        ),
    ],
)
def test_lookup_names_what_the_table_lacks(tables, values, message):
    with pytest.raises(ConfigError, match=message) as caught:
        build_lookup(tables, values=values)
    assert caught.value.key == "data.reference_tables"


def test_lookup_takes_its_keys_as_columns():
    assert make("lookup", table="t", key="zone", values="people").columns == ("zone",)
    nearest = make("lookup", table="t", nearest=["lat", "lon"], values=["people"])
    assert nearest.columns == ("lat", "lon")


def test_difference_and_ratio_keep_the_order_of_the_file():
    frame = pd.DataFrame({"built": [2000.0], "sold": [2010.0]})
    for operation, expected in (("difference", 10.0), ("ratio", 2010 / 2000)):
        step = make("combine", columns=["sold", "built"], operation=operation, into="x")
        planned = plan_steps([step], {"built": "number", "sold": "number"}).steps[0]
        assert planned.columns == ("built", "sold"), "the plan has the order of the frame"
        transformer = step.build(planned.columns, BuildContext(task="regression"))
        assert transformer.fit_transform(frame)["x"].tolist() == [expected]


@pytest.mark.parametrize("kind", ["select_filter", "select_recursive"])
def test_asking_for_more_columns_than_there_are_keeps_all_silently(kind):
    parameters = {"k": 9} if kind == "select_filter" else {"n_features": 9}
    frame = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [1.0, 0, 1, 0]})
    for columns in (["a", "b"], ("all",)):
        transformer = make(kind, **parameters).build(columns, BuildContext(task="regression"))
        assert list(transformer.fit_transform(frame, pd.Series([1.0, 2, 3, 5]))) == ["a", "b"]


def test_the_seed_reaches_what_draws():
    frame = pd.DataFrame({"a": [None, *range(50)], "b": [float(number) for number in range(51)]}, dtype=float)
    step = make("impute_sample", columns="a", seed_columns="b")
    drawn = {
        step.build(["a"], BuildContext(task="regression", seed=seed)).fit_transform(frame)["a"][0] for seed in range(20)
    }
    assert len(drawn) > 5  # 20 draws from 50 values; fewer than 6 distinct ones have a chance below 1e-14


@pytest.mark.parametrize(
    ("kind", "columns"), [("target_encoding", ["zone"]), ("neighbour_target", ["latitude", "longitude"])]
)
def test_classes_are_for_classifications(kind, columns):
    step = make(kind, columns=columns, classes=["a", "b", "c"])
    assert step.build(columns, BuildContext(task="classification")).cross_fitting.classes == ("a", "b", "c")
    with pytest.raises(ConfigError, match=f"the step '{kind}' names 'classes', but a regression has none"):
        step.build(columns, BuildContext(task="regression"))


def test_messages_are_of_one_line():
    with pytest.raises(ConfigError) as caught:
        make("drop").build(("all",), BuildContext(task="regression"))
    assert re.fullmatch(r"preprocessing: the step 'drop' works on named columns[^\n]*", str(caught.value))
