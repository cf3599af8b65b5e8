from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from regression_model.steps.plan import plan_steps
from regression_model.steps.registry import step_kinds
from regression_model.steps.supervised.native_categories import NativeCategories


def as_frame(*texts: str | None) -> pd.DataFrame:
    return pd.DataFrame({"zone": pd.Series(texts, dtype=object)})


def test_codes_are_in_the_order_of_the_target_and_of_equal_means_of_the_alphabet():
    codes = NativeCategories(["zone"]).fit(as_frame("b", "a", "c", "c", None), [5.0, 5.0, 1.0, 2.0, 100.0])
    assert codes.codes_ == {"zone": {"c": 2.0, "a": 3.0, "b": 4.0}}


def test_missing_and_unseen_have_codes_of_their_own():
    codes = NativeCategories(["zone"]).fit(as_frame("a", "b"), [1.0, 2.0])
    assert codes.transform(as_frame("b", None, "", "Moon"))["zone"].tolist() == [3.0, 0.0, 1.0, 1.0]


def test_rare_categories_count_as_unseen():
    rows = as_frame("a", "a", "b", "c", "c", "d")
    codes = NativeCategories(["zone"], most=2).fit(rows, [3.0, 3.0, 9.0, 1.0, 1.0, 0.0])
    assert codes.codes_ == {"zone": {"c": 2.0, "a": 3.0}}
    assert codes.transform(rows)["zone"].tolist() == [3.0, 3.0, 1.0, 2.0, 2.0, 1.0]


def test_of_a_classification_labels_count_by_their_position():
    codes = NativeCategories(["zone"]).fit(as_frame("a", "b", "a"), np.array(["yes", "no", "yes"], dtype=object))
    assert codes.codes_ == {"zone": {"b": 2.0, "a": 3.0}}


def test_a_column_that_is_missing_throughout():
    codes = NativeCategories(["zone"]).fit(as_frame(None, None), [1.0, 2.0])
    assert codes.transform(as_frame(None, "a"))["zone"].tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    ("steps", "coded"),
    [
        ([{"step": "native_category"}], ("zone", "quality")),
        ([{"step": "native_category", "columns": "zone"}, {"step": "one_hot"}], ("zone",)),
        (
            [{"step": "native_category"}, {"step": "drop_constant"}, {"step": "select_filter", "k": 2}],
            ("zone", "quality"),
        ),
        ([{"step": "native_category"}, {"step": "scale", "columns": ["area", "zone"]}], ("quality",)),
        ([{"step": "native_category"}, {"step": "drop_constant"}, {"step": "scale"}], ()),
        ([{"step": "drop_constant"}, {"step": "native_category", "columns": "all"}], ("zone", "quality")),
        ([{"step": "ordered_encoding"}], ()),
    ],
)
def test_the_plan_knows_which_columns_are_codes(steps, coded):
    built = [step_kinds()[step["step"]].model_validate(step) for step in steps]
    plan = plan_steps(built, {"area": "number", "zone": "category", "quality": "category"})
    assert plan.coded_categories() == coded
