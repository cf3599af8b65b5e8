from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from regression_model.pipeline.answers import answer_inputs
from regression_model.processing.validation import validate_inputs
from regression_model.schema import Feature, Schema

SCHEMA = Schema((Feature("a", "number", nullable=False), Feature("b", "number", nullable=True)))
FRAME = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0], "b": [0.0, 1.0, 0.0, 1.0]})


def refuse_negative(frame: pd.DataFrame) -> pd.DataFrame:
    if (frame["a"] < 0).any():
        raise ValueError("negative")
    return frame.fillna(0.0)


def build(model, target):
    return Pipeline([("check", FunctionTransformer(refuse_negative)), ("model", model)]).fit(FRAME, target)


def answer(pipeline, rows, **more):
    return answer_inputs(pipeline, validate_inputs(input_data=rows, schema=SCHEMA), **more)


@pytest.mark.parametrize("doubtful", [(), (1, 5), range(7)])
def test_row_that_a_step_refuses_costs_no_other(doubtful):
    pipeline = build(LinearRegression(), [10.0, 20.0, 30.0, 40.0])
    heard: list[Exception] = []
    rows = [{"a": a, "b": 0} for a in (1, -1, 3, None, 1e308, -2, 7)]
    found = answer(pipeline, rows, on_failure=heard.append, doubtful=doubtful)
    assert found["predictions"][::2] == pytest.approx([10.0, 30.0, None, 70.0], nan_ok=True)
    assert found["predictions"][1::2] == [None, None, None]
    reasons = {row: [error["reason"] for error in errors] for row, errors in found["errors"].items()}
    assert reasons == {
        1: ["prediction_failed"],
        3: ["missing_value"],
        4: ["prediction_not_finite"],
        5: ["prediction_failed"],
    }
    assert [str(error) for error in heard] == ["negative", "negative"]
    assert "probabilities" not in found


def test_classes():
    pipeline = build(LogisticRegression(), ["n", "n", "y", "y"])
    found = answer(pipeline, [{"a": 1, "b": None}, {"a": -1, "b": 1}, {"a": 9, "b": 1}])
    assert found["predictions"] == ["n", None, "y"]
    assert found["classes"] == ["n", "y"]
    assert found["probabilities"][1] is None
    np.testing.assert_allclose(found["probabilities"][0], pipeline.predict_proba(FRAME.assign(b=0.0))[0])


def test_no_row_passes():
    pipeline = build(LinearRegression(), [10.0, 20.0, 30.0, 40.0])
    found = answer(pipeline, [{"a": None, "b": None}])
    assert found["predictions"] == [None]
    assert list(found["errors"]) == [0]
