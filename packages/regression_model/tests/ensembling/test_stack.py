from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import KFold
from sklearn.pipeline import Pipeline

from regression_model.artifact.pickling import dump
from regression_model.ensembling import member_threads
from regression_model.ensembling.members import turn_back
from regression_model.ensembling.stack import StackRegressor, to_log_odds
from regression_model.pipeline import build_pipeline
from regression_model.row_groups import find_row_groups, row_groups

from .conftest import CLASS_LINE, FOREST, LINE, TREES, label

STACK = {"family": "stack", "folds": 3, "members": [LINE, TREES, FOREST]}


def test_the_final_model_learns_from_rows_that_members_have_not_seen(make_config, flats):
    frame, price = flats
    stack = build_pipeline(make_config(STACK, transform="log")).fit(frame, price)
    inputs = np.empty((len(frame), 3))
    for train, test in KFold(3, shuffle=True, random_state=3).split(frame):
        for column, member in enumerate((LINE, TREES, FOREST)):
            config = make_config(member["model"], preprocessing=member["preprocessing"], transform="log")
            alone = build_pipeline(config)
            alone.fit(frame.iloc[train].reset_index(drop=True), price.iloc[train].reset_index(drop=True))
            inputs[test, column] = np.log(alone.predict(frame.iloc[test]))

    final = LinearRegression(positive=True).fit(inputs, np.log(price))

    np.testing.assert_allclose(stack[-1].final_.coef_, final.coef_, rtol=1e-9)
    assert stack[-1].final_.intercept_ == pytest.approx(final.intercept_)
    assert (stack[-1].final_.coef_ >= 0).all()


@pytest.mark.parametrize("classes", [2, 3])
def test_a_classification_learns_from_log_odds(make_config, flats, classes):
    frame, price = flats
    labels = label(price, classes)
    model = {**STACK, "members": [CLASS_LINE, FOREST]}
    stack = build_pipeline(make_config(model, task="classification")).fit(frame, labels)

    each = [to_log_odds(member.predict_proba(frame)) for _, member in stack[-1].members_]

    expected = stack[-1].final_.predict_proba(np.column_stack(each))
    np.testing.assert_allclose(stack.predict_proba(frame), expected, rtol=1e-12)
    assert each[0].shape == (len(frame), 1 if classes == 2 else 3)
    assert (stack.predict(frame) == labels).mean() > 0.8


def test_the_same_bytes_with_one_thread_and_with_two(make_config, flats):
    pipeline = build_pipeline(make_config(STACK))

    one = dump(clone(pipeline).fit(*flats))
    with member_threads(2):
        two = dump(clone(pipeline).fit(*flats))

    assert one == two


def test_another_final_model(make_config, flats):
    model = {**STACK, "final": {"family": "ridge", "alpha": 7.0}}

    stack = build_pipeline(make_config(model)).fit(*flats)

    assert stack[-1].final_.alpha == 7.0


def test_a_class_with_fewer_rows_than_folds_is_refused(make_config, flats):
    frame, price = flats
    labels = pd.Series(["rare"] * 2 + ["common"] * (len(price) - 2), dtype=object)
    model = {**STACK, "members": [FOREST]}

    with pytest.raises(ValueError, match=r"3 folds, but class 'rare' has 2 row\(s\).*use fewer folds"):
        build_pipeline(make_config(model, task="classification")).fit(frame, labels)


def test_a_row_without_finite_answers_has_no_result(make_config, flats):
    frame, price = flats
    stack = build_pipeline(make_config({**STACK, "members": [LINE]})).fit(frame, price)[-1]

    answers = stack._ask_final(np.array([[np.inf], [1.0], [np.nan]]), stack.final_.predict)

    assert np.isfinite(answers).tolist() == [False, True, False]
    with pytest.raises(ValueError, match="not finite"):
        turn_back(answers, np.exp)


@pytest.mark.parametrize("classes", [0, 2])
def test_groups_are_in_one_fold_each(make_config, flats, classes):
    frame, price = flats
    target = label(price, classes) if classes else price
    groups = np.arange(len(frame)) // 20
    model = {**STACK, "members": [FOREST]}
    stack = build_pipeline(make_config(model, task="classification" if classes else "regression"))[-1]

    with row_groups(groups):
        folds = list(stack._split(frame, target))

    assert len(folds) == 3
    assert all(not set(groups[train]) & set(groups[test]) for train, test in folds)
    with row_groups(groups[1:]), pytest.raises(ValueError, match="a group for each of 240 rows, got 239"):
        stack.fit(frame, target)


def test_a_class_of_one_group_is_refused(make_config, flats):
    frame, price = flats
    labels = pd.Series(["rare"] * 20 + ["common"] * (len(price) - 20), dtype=object)
    model = {**STACK, "members": [FOREST]}

    with row_groups(np.arange(240) // 20), pytest.raises(ValueError, match="no row of class 'rare' is left"):
        build_pipeline(make_config(model, task="classification")).fit(frame, labels)


@pytest.mark.parametrize("classes", [0, 2])
def test_fewer_groups_than_folds_are_refused(make_config, flats, classes):
    frame, price = flats
    target = label(price, classes) if classes else price
    pipeline = build_pipeline(
        make_config({**STACK, "members": [FOREST]}, task="classification" if classes else "regression")
    )

    with (
        row_groups(np.arange(240) % 2),
        pytest.raises(ValueError, match=r"3 folds, but there are 2 group\(s\) of rows"),
    ):
        pipeline.fit(frame, target)


@pytest.mark.parametrize("n_threads", [1, 2])
def test_members_know_the_groups_of_the_rows_that_they_see(make_config, flats, n_threads):
    frame, price = flats
    groups = np.arange(len(frame)) % 40
    told: list[np.ndarray] = []
    member = Pipeline([("model", _Asks(told))])
    stack = StackRegressor([("asks", member), ("too", member)], LinearRegression(), folds=3, seed=3)

    with row_groups(groups), member_threads(n_threads):
        folds = [np.unique(groups[train], return_inverse=True)[1].tolist() for train, _ in stack._split(frame, price)]
        stack.fit(frame, price)

    expected = [*folds, *folds, groups.tolist(), groups.tolist()]
    assert sorted(found.tolist() for found in told) == sorted(expected)


class _Asks(RegressorMixin, BaseEstimator):
    """Notes which groups it is told of."""

    def __init__(self, told: list[np.ndarray]) -> None:
        self.told = told

    def __sklearn_clone__(self) -> _Asks:
        return _Asks(self.told)

    def fit(self, X: pd.DataFrame, y: pd.Series) -> _Asks:
        found = find_row_groups(len(X))
        assert found is not None
        self.told.append(found)
        self.mean_ = float(np.mean(y))
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        return np.full(len(X), self.mean_)
