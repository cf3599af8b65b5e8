"""The report of real models of real tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor
from sklearn.model_selection import train_test_split

from regression_model.evaluation import ReportInputs, build_report, evaluate_predictions


def numbers_of(table):
    return table.select_dtypes("number").astype(float).fillna(-1.0)


@pytest.mark.slow
def test_house_prices(real_data):
    table = pd.read_csv(real_data("house_prices.csv"))
    target = table.pop("SalePrice").to_numpy(float)
    train, holdout, actual_train, actual = train_test_split(numbers_of(table), target, random_state=0)
    model = ExtraTreesRegressor(20, min_samples_leaf=3, random_state=0).fit(train, actual_train)
    predicted = model.predict(holdout)

    evaluation = evaluate_predictions("regression", actual, predicted)
    page = build_report(
        ReportInputs(
            title="House prices",
            model_version="1.0.0",
            task="regression",
            evaluation=evaluation,
            frame=holdout,
            actual=actual,
            predicted=predicted,
            predict=model.predict,
            importance_repeats=1,
            target_unit="USD",
        )
    )

    r2 = evaluation.get("r2")
    assert 0.8 < r2.low < r2.value < r2.high < 1.0
    assert page.index('<th scope="row">OverallQual</th>') < page.index('<th scope="row">PoolArea</th>')
    assert len(page) < 1_000_000


@pytest.mark.slow
def test_bank_marketing(real_data):
    table = pd.read_csv(real_data("bank_marketing.csv"))
    target = table.pop("y").to_numpy(object)
    train, holdout, actual_train, actual = train_test_split(numbers_of(table), target, random_state=0)
    model = ExtraTreesClassifier(20, min_samples_leaf=20, random_state=0).fit(train, actual_train)
    shares = model.predict_proba(holdout)
    classes = model.classes_.tolist()
    predicted = np.asarray(classes, dtype=object)[shares.argmax(axis=1)]

    evaluation = evaluate_predictions("classification", actual, predicted, shares, classes)
    page = build_report(
        ReportInputs(
            title="Bank marketing",
            model_version="1.0.0",
            task="classification",
            evaluation=evaluation,
            frame=holdout,
            actual=actual,
            predicted=predicted,
            probabilities=shares,
            predict=model.predict_proba,
            importance_repeats=1,
        )
    )

    assert evaluation.get("roc_auc").low > 0.9
    importance = page.split('id="columns"')[1]
    assert importance.index('<th scope="row">duration</th>') < importance.index('<th scope="row">previous</th>')
    assert len(page) < 1_000_000
