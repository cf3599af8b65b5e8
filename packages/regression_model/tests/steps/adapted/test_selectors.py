from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestRegressor
from sklearn.exceptions import NotFittedError
from sklearn.feature_selection import SelectFromModel, SelectKBest, f_regression
from sklearn.utils.validation import check_is_fitted

from regression_model.steps.adapted.selectors import DropConstant, DropCorrelated, DropDuplicated, KeepSelected


@pytest.fixture
def frame():
    generator = np.random.default_rng(0)
    useful, noise = generator.normal(size=(2, 80))
    return pd.DataFrame(
        {
            "noise": noise,
            "useful": useful,
            "twin": useful,
            "near": useful * 3 + noise / 100,
            "always": 1,
            "zone": pd.Series(["a", "b"] * 40, dtype=object),
        }
    )


def test_keep_selected_drops_numbers_only(frame):
    selector = KeepSelected(SelectKBest(f_regression, k=1), variables=["noise", "useful"])
    answer = selector.fit_transform(frame, frame["useful"] * 2)
    assert selector.features_to_drop_ == ["noise"]
    assert list(answer) == ["useful", "twin", "near", "always", "zone"] == list(selector.get_feature_names_out())


def test_keep_selected_forgets_the_model(frame):
    numbers = frame[["noise", "useful"]]
    selector = KeepSelected(SelectFromModel(RandomForestRegressor(5, random_state=0))).fit(numbers, frame["near"])
    assert list(selector.transform(numbers)) == ["useful"]
    with pytest.raises(NotFittedError):
        check_is_fitted(selector.transformer_)


def test_keep_selected_refuses_to_keep_nothing(frame):
    numbers = frame[["noise", "useful"]]
    selector = KeepSelected(SelectFromModel(RandomForestRegressor(5, random_state=0), threshold=0.999))
    with pytest.raises(ValueError, match="SelectFromModel selected none of the 2 columns"):
        selector.fit(numbers, numbers["noise"] + numbers["useful"])


@pytest.mark.parametrize(
    ("tol", "dropped"), [(1.0, ["always", "empty"]), (0.9, ["always", "empty", "often"]), (0.5, None)]
)
def test_drop_constant_counts_missing_as_a_value(frame, tol, dropped):
    often = pd.Series([1.0] * 74 + [np.nan] * 6)
    frame = frame[["noise", "always"]].assign(empty=np.nan, often=often, half=[0.0, np.nan] * 40)
    expected = dropped or ["always", "empty", "often", "half"]
    assert DropConstant(tol=tol).fit(frame).features_to_drop_ == expected


def test_drop_constant_refuses_to_drop_all(frame):
    with pytest.raises(ValueError, match=r"all 1 columns are constant \(tol=1\)"):
        DropConstant(tol=1).fit(frame[["always"]])


def test_drop_duplicated_keeps_the_first_and_compares_by_value(frame):
    frame = frame.assign(
        count=np.tile([1, 0], 40),
        share=np.tile([1.0, 0.0], 40),
        text=frame["zone"].to_numpy(),
        hole=[np.nan] * 80,
        gap=[np.nan] * 80,
    )
    fitted = DropDuplicated().fit(frame)
    assert fitted.features_to_drop_ == ["twin", "share", "text", "gap"]
    assert fitted.duplicated_feature_sets_ == [
        ["useful", "twin"],
        ["zone", "text"],
        ["count", "share"],
        ["hole", "gap"],
    ]


def test_drop_duplicated_works_on_one_column(frame):
    assert DropDuplicated(variables=["useful"]).fit(frame).features_to_drop_ == []


def test_drop_correlated_keeps_the_alphabetically_first(frame):
    fitted = DropCorrelated(threshold=0.9).fit(frame)
    assert list(fitted.transform(frame)) == ["noise", "near", "always", "zone"]
    assert fitted.correlated_feature_sets_ == [["near", "twin", "useful"]]
    assert fitted.correlated_feature_dict_ == {"near": ["twin", "useful"]}


@pytest.mark.parametrize("selector", [DropConstant(variables=["x"]), DropDuplicated(variables=["x"])])
def test_missing_columns_are_named(selector, frame):
    with pytest.raises(KeyError, match=r"missing columns \['x'\]"):
        selector.fit(frame)
