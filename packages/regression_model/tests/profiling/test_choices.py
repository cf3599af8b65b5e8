from __future__ import annotations

import pytest

from regression_model.families.registry import model_families
from regression_model.profiling.choices import choose_model, choose_steps, select
from regression_model.profiling.profiles import HAS_TIME, ColumnProfile, TableProfile, TargetProfile
from regression_model.steps.registry import step_kinds

REGRESSION = TargetProfile("y", "regression", "", "none", "", 0, 900, {})
TWO_CLASSES = TargetProfile("y", "classification", "", "none", "", 0, 2, {"a": 500, "b": 500})
THREE_CLASSES = TargetProfile("y", "classification", "", "none", "", 0, 3, {"a": 500, "b": 300, "c": 200})


def table(*columns, target=REGRESSION, n_rows=1000, **options):
    return TableProfile(n_rows, target, columns, 0.02, None, **options)


def steps_of(*columns, **options):
    return {choice.step: choice for choice in choose_steps(table(*columns, **options)) if not choice.for_linear}


def test_complete_numbers_need_no_step():
    assert steps_of(ColumnProfile("a", "number", 0, 9), ColumnProfile("b", "integer", 0, 9)) == {}


def test_missing_values_are_filled_by_type():
    steps = steps_of(
        ColumnProfile("few", "number", 10, 9),
        ColumnProfile("many", "integer", 90, 9),
        ColumnProfile("kind", "category", 5, 9),
        ColumnProfile("flag", "boolean", 5, 2),
        ColumnProfile("gone", "number", 5, 9, reason="a copy"),
    )
    assert steps["impute_number"].columns == ("few", "many")
    assert steps["missing_indicator"].columns == ("many",)
    assert steps["impute_category"].columns == ("kind",)
    assert steps["impute_frequent"].columns == ("flag",)


def test_an_indicator_does_not_take_the_name_of_a_column():
    steps = steps_of(ColumnProfile("a", "number", 90, 9), ColumnProfile("a_na", "number", 0, 9))
    assert "missing_indicator" not in steps


@pytest.mark.parametrize(("n_common", "columns"), [(2, ("rare",)), (0, ("category",))])
def test_rare_labels_name_their_columns_while_these_are_few(n_common, columns):
    common = [ColumnProfile(f"c{n}", "category", 0, 4) for n in range(n_common)]
    steps = steps_of(ColumnProfile("rare", "category", 0, 9, n_rare=3), *common)
    assert steps["rare_labels"].columns == columns
    assert steps["rare_labels"].parameters == (("tol", 0.02),)


@pytest.mark.parametrize(
    ("target", "step"),
    [(REGRESSION, "ordered_encoding"), (TWO_CLASSES, "ordered_encoding"), (THREE_CLASSES, "one_hot")],
)
def test_the_encoder_suits_the_target(target, step):
    assert list(steps_of(ColumnProfile("c", "category", 0, 4), target=target)) == [step]


def test_one_hot_is_avoided_where_its_columns_could_clash():
    columns = (ColumnProfile("c", "category", 0, 4), ColumnProfile("c_x", "number", 0, 4))
    assert list(steps_of(*columns, target=THREE_CLASSES)) == ["ordered_encoding"]


def test_a_column_named_like_a_selector_forces_names():
    columns = (ColumnProfile("number", "category", 0, 4), ColumnProfile("c", "category", 0, 4))
    assert select(table(*columns), "category") == ("number", "c")
    assert select(table(columns[1]), "category") == ("category",)


def test_dates_become_parts_that_are_not_taken_and_missing_ones_are_filled():
    steps = steps_of(
        ColumnProfile("sold", "datetime", 9, 99, note=HAS_TIME), ColumnProfile("sold_year", "integer", 0, 9)
    )
    parts = ("month", "day_of_week", "day_of_year", "hour")
    assert steps["date_parts"].parameters == (("features_to_extract", parts),)
    assert steps["impute_number"].columns == tuple(f"sold_{part}" for part in parts)


def test_years_become_ages():
    years = (ColumnProfile("built", "year", 0, 9), ColumnProfile("sold", "year", 0, 9))
    step = steps_of(*years, year_reference="sold")["elapsed_time"]
    assert (step.columns, step.parameters) == (("built",), (("reference", "sold"),))


def test_linear_models_have_steps_of_their_own():
    columns = (ColumnProfile("a", "number", 0, 9, skew=2.0), ColumnProfile("b", "number", 0, 9, skew=0.1))
    extra = [choice for choice in choose_steps(table(*columns)) if choice.for_linear]
    assert [(choice.step, choice.columns) for choice in extra] == [("yeo_johnson", ("a",)), ("scale", ("all",))]


@pytest.mark.parametrize("target", [REGRESSION, TWO_CLASSES, THREE_CLASSES])
@pytest.mark.parametrize(("n_rows", "family"), [(499, "random_forest"), (500, "hist_gradient_boosting")])
def test_the_model_suits_the_number_of_rows(target, n_rows, family):
    choice = choose_model(table(target=target, n_rows=n_rows))
    assert choice.family == family
    for name in (choice.family, *choice.others):
        assert target.task in model_families()[name].tasks


def test_all_steps_exist():
    columns = (
        ColumnProfile("n", "number", 90, 9, skew=9.0),
        ColumnProfile("c", "category", 9, 9, n_rare=2),
        ColumnProfile("b", "boolean", 9, 2),
        ColumnProfile("d", "datetime", 9, 9),
        ColumnProfile("y1", "year", 0, 9),
        ColumnProfile("y2", "year", 0, 9),
    )
    chosen = {choice.step for choice in choose_steps(table(*columns, year_reference="y2"))}
    assert len(chosen) == 10
    assert chosen <= set(step_kinds())
