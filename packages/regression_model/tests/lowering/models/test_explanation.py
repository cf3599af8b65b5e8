from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer
from threadpoolctl import threadpool_limits

from regression_model.config import parse_config
from regression_model.lowering.models import lower_explanation
from regression_model.schema import Feature, Schema

CONFIG = """
pipeline_name: hand
task: regression
data:
  name: hand
target:
  column: y
features:
  number: [a, b]
preprocessing:
- step: combine
  operation: sum
  columns: [a, b]
  into: both
model:
  family: ridge
"""
FRAME = pd.DataFrame({"a": [0.0, 1, 2, 3], "b": [1.0, 0, 0, 2]})


def add(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(both=frame["a"] + frame["b"])


def describe(model, typical: float = 1.0, step=add):
    name = parse_config(CONFIG).plan().steps[0].name
    with threadpool_limits(1):
        pipeline = Pipeline([(name, FunctionTransformer(step)), ("model", model)]).fit(FRAME, FRAME["a"])
    schema = Schema(tuple(Feature(each, "number", nullable=False, typical=typical) for each in ("a", "b")))
    return lower_explanation(pipeline, parse_config(CONFIG), schema, FRAME)


def test_columns_belong_to_the_features_that_they_are_made_of():
    described = describe(LinearRegression())
    assert described["shares"] == [[[0, 1.0]], [[1, 1.0]], [[0, 0.5], [1, 0.5]]]
    assert described["reference"] == [1.0, 1.0, 2.0]


def test_trees_compare_to_no_row():
    assert describe(HistGradientBoostingRegressor(max_iter=1))["reference"] is None


@pytest.mark.parametrize(
    ("typical", "message"),
    [(np.inf, "the typical value is refused of a, b"), (7.0, "a step has no result for it"), (8.0, "no finite result")],
)
def test_without_a_typical_row_the_reason_is_kept(typical, message):
    def refuse_some(frame: pd.DataFrame) -> pd.DataFrame:
        if (frame["a"] == 7).any():
            raise ValueError("seven")
        return add(frame).replace(8.0, np.inf)

    described = describe(LinearRegression(), typical, refuse_some)
    assert list(described) == ["unavailable"]
    assert message in described["unavailable"]
