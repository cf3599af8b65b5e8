from __future__ import annotations

from typing import Any

import pytest

from regression_model.errors import ConfigError
from regression_model.steps.base import Kind, Step
from regression_model.steps.plan import plan_steps
from regression_model.steps.registry import step_kinds

KINDS: dict[str, Kind] = {
    "LotArea": "number",
    "Street": "category",
    "YrSold": "number",
    "CentralAir": "boolean",
    "Sold": "datetime",
    "number": "category",
}


def make(step: str, **parameters: Any) -> Step:
    return step_kinds()[step].model_validate({"step": step, **parameters})


def test_names_are_numbered_in_the_order_of_the_file():
    steps = [make("scale"), make("log", columns=["LotArea"]), make("scale")]
    assert [planned.name for planned in plan_steps(steps, KINDS).steps] == ["01_scale", "02_log", "03_scale"]


def test_no_steps_leave_the_columns_as_they_are():
    plan = plan_steps([], KINDS)
    assert plan.steps == ()
    assert plan.after == KINDS


def test_named_columns_come_in_the_order_of_the_frame_and_once():
    plan = plan_steps([make("log", columns=["YrSold", "LotArea", "YrSold"])], KINDS)
    assert plan.steps[0].columns == ("LotArea", "YrSold")


def test_one_name_stands_for_a_list():
    assert plan_steps([make("log", columns="LotArea")], KINDS).steps[0].columns == ("LotArea",)


def test_all_means_all_that_the_step_can_work_on():
    plan = plan_steps([make("scale", columns="all")], KINDS)
    assert plan.steps[0].columns == ("LotArea", "YrSold", "CentralAir")


def test_a_kind_means_the_columns_of_that_kind_at_this_point():
    steps = [make("ordered_encoding", columns="Street"), make("log", columns="number")]
    without = {name: kind for name, kind in KINDS.items() if name != "number"}
    assert plan_steps(steps, without).steps[1].columns == ("LotArea", "Street", "YrSold")


def test_a_column_named_like_a_kind_is_that_column():
    plan = plan_steps([make("impute_category", columns="number")], KINDS)
    assert plan.steps[0].columns == ("number",)


def test_a_selector_and_a_name_can_be_mixed():
    plan = plan_steps([make("impute_number", columns=["boolean", "YrSold"])], KINDS)
    assert plan.steps[0].columns == ("YrSold", "CentralAir")


def test_a_kind_that_the_step_can_not_work_on_selects_nothing():
    assert plan_steps([make("log", columns="datetime")], KINDS).steps[0].columns == ()


def test_default_columns():
    assert plan_steps([make("date_parts")], KINDS).steps[0].columns == ("Sold",)


def test_columns_that_arrive_and_that_reach_the_model():
    plan = plan_steps([make("date_parts", features_to_extract=["year"]), make("drop", columns="number")], KINDS)
    assert plan.steps[0].before == KINDS
    assert list(plan.steps[1].before) == ["LotArea", "Street", "YrSold", "CentralAir", "number", "Sold_year"]
    assert plan.after == {
        "LotArea": "number",
        "Street": "category",
        "YrSold": "number",
        "CentralAir": "boolean",
        "Sold_year": "number",
    }


def test_behind_a_step_that_learns_its_columns_only_all_is_known():
    plan = plan_steps([make("one_hot", columns="Street"), make("scale"), make("select_trees")], KINDS)
    assert [planned.columns for planned in plan.steps] == [("Street",), ("all",), ("all",)]
    assert [planned.before for planned in plan.steps] == [KINDS, None, None]
    assert plan.after is None


@pytest.mark.parametrize(
    ("steps", "key", "message"),
    [
        ([make("log")], "preprocessing.0", "'log' has to name its columns"),
        (
            [make("scale"), make("log", columns=["LotAera"])],
            "preprocessing.1.columns",
            r"no column 'LotAera' at this point \(did you mean 'LotArea'\?\)",
        ),
        (
            [make("log", columns=["Street"])],
            "preprocessing.0.columns",
            "works on number columns; at this point 'Street' is a category",
        ),
        (
            [make("elapsed_time", columns=["LotArea"], reference="YrSolt")],
            "preprocessing.0",
            r"no column 'YrSolt' at this point \(did you mean 'YrSold'\?\)",
        ),
        (
            [make("drop", columns="Street"), make("impute_category", columns="Street")],
            "preprocessing.1.columns",
            "no column 'Street' at this point",
        ),
        (
            [make("one_hot", columns="Street"), make("log", columns=["LotArea"])],
            "preprocessing.1.columns",
            "'log' follows a step whose columns are known only after training",
        ),
        (
            [make("one_hot", columns="Street"), make("date_parts")],
            "preprocessing.1",
            "'date_parts' follows a step whose columns are known only after training",
        ),
    ],
)
def test_mistakes_are_located(steps, key, message):
    with pytest.raises(ConfigError, match=message) as caught:
        plan_steps(steps, KINDS)
    assert caught.value.key == key


def test_columns_where_a_step_says_so():
    plan = plan_steps(
        [make("impute_number", columns=["LotArea"]), make("impute_category", columns="Street"), make("scale")],
        KINDS,
    )
    assert plan.columns_where("fills_missing") == {"LotArea", "Street"}
    assert plan.bounds_above() == {}


def test_unchanged_columns_are_those_that_only_imputation_came_before():
    imputed = [make("impute_number", columns="LotArea"), make("missing_indicator", columns="LotArea")]
    log = make("log", columns=["LotArea", "YrSold"])
    assert plan_steps([*imputed, log], KINDS).bounds_above() == {"LotArea": 0.0, "YrSold": 0.0}
    shifted = make("elapsed_time", columns=["LotArea"], reference="YrSold")
    assert plan_steps([shifted, log], KINDS).bounds_above() == {"YrSold": 0.0}


def test_a_cap_on_large_values_leaves_the_bound_of_a_later_logarithm_in_force():
    log = make("log", columns="LotArea")
    assert plan_steps([make("cap_outliers", columns="LotArea"), log], KINDS).bounds_above() == {"LotArea": 0.0}
    both = make("cap_outliers", columns="LotArea", tail="both")
    assert plan_steps([both, log], KINDS).bounds_above() == {}


def test_behind_a_step_that_learns_its_columns_the_last_known_ones_count():
    plan = plan_steps([make("drop_constant"), make("impute_number", columns="all")], KINDS)
    numbers = {name for name, kind in KINDS.items() if kind in ("number", "boolean")}
    assert plan.columns_where("fills_missing") == numbers
