from __future__ import annotations

import gc
import json
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

import regression_model.explain.explainer as module
from regression_model.artifact import Artifact, Manifest, load_pipeline
from regression_model.config import Config, load_config, parse_config
from regression_model.errors import ExplanationError
from regression_model.explain import explain_frame
from regression_model.predict import make_prediction
from regression_model.processing.validation import validate_inputs
from regression_model.schema import Feature, Schema
from regression_model.train_pipeline import run_training

TOLERANCE = 1e-9  # what is promised

CONFIG = """
pipeline_name: sums
task: regression
data:
  name: sums
target:
  column: y
features:
  number: [a, b, idle]
  category: [zone]
preprocessing:
- step: missing_indicator
  columns: [a]
- step: impute_constant_number
  columns: [a]
  value: 0
- step: combine
  operation: sum
  columns: [a, b]
  into: a_and_b
- step: one_hot
  columns: [zone]
model:
  family: {family}
evaluation:
  bootstrap_samples: 100
"""

HAND = """
pipeline_name: hand
task: regression
data:
  name: hand
target:
  column: y
features:
  number: [a, b]
model:
  family: ridge
"""


def explain(artifact: Artifact, *rows: dict[str, Any]) -> list[dict[str, Any]]:
    return make_prediction(input_data=rows, artifact=artifact, explain=True)["explanations"]


def by_hand(model: Any, *steps: tuple[str, Any], with_config: bool = True) -> Artifact:
    """Make an artifact around a model of y = 2 a - b."""
    frame = pd.DataFrame({"a": [0.0, 1, 2, 3], "b": [1.0, 0, 0, 2]})
    pipeline = Pipeline([*steps, ("model", model)]).fit(frame, 2 * frame["a"] - frame["b"])
    features = tuple(Feature(name, "number", nullable=False, typical=1.0) for name in ("a", "b"))
    content = {"schema": Schema(features).to_json(), "model_version": "1.0.0", "task": "regression", "classes": None}
    if with_config:
        content["config"] = parse_config(HAND).model_dump(mode="json")
    return Artifact(pipeline, Manifest.seal(content))


@pytest.fixture(scope="module")
def train_sums(tmp_path_factory: pytest.TempPathFactory) -> Any:
    generator = np.random.default_rng(5)
    table = pd.DataFrame(generator.normal(size=(300, 3)), columns=["a", "b", "idle"])
    table["zone"] = generator.choice(["x", "y", "z"], 300, p=[0.2, 0.5, 0.3])
    table["y"] = 3 * (table["a"] + table["b"]) + table["zone"].map({"x": -2, "y": 0, "z": 2})
    table.loc[generator.random(300) < 0.2, "a"] = np.nan
    folder = tmp_path_factory.mktemp("sums")
    table.to_csv(folder / "sums.csv", index=False)

    def train(family: str) -> Artifact:
        config = parse_config(CONFIG.format(family=family))
        return load_pipeline(run_training(config, data_path=folder / "sums.csv", output=folder / family).path)

    return train


def test_a_linear_model_says_coefficient_times_difference_to_a_typical_row():
    (explanation,) = explain(by_hand(LinearRegression()), {"a": 4, "b": 3})
    assert explanation["scale"] == "identity"
    assert explanation["base"] == pytest.approx(1.0)  # 2 - 1, the prediction for a = b = 1
    assert explanation["contributions"] == pytest.approx({"a": 6.0, "b": -2.0})


def test_columns_that_are_made_of_features_count_for_these(train_sums):
    artifact = train_sums("ridge")
    row = {"a": 0.5, "b": -0.5, "idle": 0.0, "zone": "y"}
    names = artifact.pipeline[:-1].transform(validate_inputs(input_data=row, schema=artifact.schema).frame).columns
    weights = dict(zip(names, artifact.pipeline[-1].coef_, strict=True))
    first, second = explain(artifact, row, {**row, "a": None, "zone": "x", "b": 0.75})
    changes = {name: second["contributions"][name] - first["contributions"][name] for name in artifact.schema.names}

    # a: 0.5 -> 0 (imputed), a_na: 0 -> 1, and half of what a_and_b does: 0 -> 0.75.
    total = 0.75 * weights["a_and_b"] / 2
    assert changes["a"] == pytest.approx(-0.5 * weights["a"] + weights["a_na"] + total)
    assert changes["b"] == pytest.approx(1.25 * weights["b"] + total)
    assert changes["zone"] == pytest.approx(weights["zone_x"] - weights["zone_y"])
    assert changes["idle"] == 0
    assert min(abs(changes[name]) for name in ("a", "b", "zone")) > 0.1


def test_a_feature_that_selection_drops_has_no_contribution(train_sums):
    artifact = train_sums("lasso\n  alpha: 0.1")
    assert "idle" not in artifact.schema.names
    (explanation,) = explain(artifact, artifact.example_row())
    assert list(explanation["contributions"]) == artifact.schema.names


def test_the_published_model_explains_the_logarithm_of_the_price(artifact):
    rows = [artifact.example_row(), {**artifact.example_row(), "OverallQual": 10}]
    answer = make_prediction(input_data=rows, artifact=artifact, explain=True)
    for explanation, prediction in zip(answer["explanations"], answer["predictions"], strict=True):
        total = explanation["base"] + sum(explanation["contributions"].values())
        assert explanation["scale"] == "log"
        assert total == pytest.approx(np.log(prediction), rel=TOLERANCE)
    first, second = (explanation["contributions"] for explanation in answer["explanations"])
    assert {name for name in first if first[name] != second[name]} == {"OverallQual"}
    assert second["OverallQual"] > max(first["OverallQual"], 0)
    assert json.loads(json.dumps(answer, allow_nan=False))["explanations"] == answer["explanations"]


def test_no_rows_have_no_explanations(artifact):
    assert explain_frame(artifact, pd.DataFrame(columns=artifact.schema.names), []) == []


def test_a_model_of_another_kind_is_refused():
    with pytest.raises(ExplanationError, match="KNeighborsRegressor can't be explained; linear models"):
        explain(by_hand(KNeighborsRegressor(1)), {"a": 1, "b": 2})


def test_without_the_configuration_columns_can_not_be_traced():
    with pytest.raises(ExplanationError, match="lacks the configuration"):
        explain(by_hand(LinearRegression(), with_config=False), {"a": 1, "b": 2})


def test_a_column_that_no_step_accounts_for_is_refused():
    doubling = FunctionTransformer(lambda frame: frame.assign(c=frame["a"] ** 2))
    artifact = by_hand(LinearRegression(), ("double", doubling))
    with pytest.raises(ExplanationError, match="traced"):
        explain(artifact, {"a": 5, "b": 2})


def _refuse_ones(frame: pd.DataFrame) -> pd.DataFrame:
    if (frame == 1).any(axis=None):
        raise ValueError("one")
    return frame


@pytest.mark.parametrize(
    ("step", "message"),
    [(_refuse_ones, r"a step has no result for it \(ValueError\)"),
     (lambda frame: np.log(frame.sub(1).abs()), "no finite result")],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_a_typical_row_that_a_step_refuses_is_told(step, message):
    frame = pd.DataFrame({"a": [3.0, 4, 5], "b": [7.0, 8, 10]})
    model = by_hand(LinearRegression())
    pipeline = Pipeline([("step", FunctionTransformer(step)), ("model", LinearRegression())]).fit(frame, frame["a"])
    with pytest.raises(ExplanationError, match=message):
        explain(Artifact(pipeline, model.manifest), {"a": 5, "b": 2})


def test_a_model_is_prepared_once_and_answers_many_threads(monkeypatch):
    made = []
    build = module._build_explainer

    def choose(*arguments: Any) -> Any:
        made.append(1)
        time.sleep(0.05)  # so that others ask before it is done
        return build(*arguments)

    monkeypatch.setattr(module, "_build_explainer", choose)
    artifact = by_hand(LinearRegression())
    made_by_then = []
    for _ in range(2):
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda a: explain(artifact, {"a": a, "b": 0})[0], range(40)))
        assert [each["contributions"]["a"] for each in answers] == pytest.approx([2.0 * (a - 1) for a in range(40)])
        made_by_then.append(len(made))
    assert 1 <= made_by_then[0] <= 8, "by those who asked at the same time"
    assert made_by_then[1] == made_by_then[0], "and never again"


def test_a_model_that_goes_takes_what_was_kept_of_it_along():
    artifact = by_hand(LinearRegression())
    explain(artifact, {"a": 1, "b": 0})
    before = len(module._EXPLAINERS)
    pipeline = weakref.ref(artifact.pipeline)
    del artifact
    gc.collect()
    assert pipeline() is None
    assert len(module._EXPLAINERS) < before


@pytest.mark.slow
@pytest.mark.parametrize("name", [None, "california_housing", "bank_marketing"])
def test_shipped_configs_add_up_on_real_rows(name, real_data, tmp_path):
    config = _without_folds(load_config(name))
    artifact = load_pipeline(run_training(config, data_path=_find_table(config, real_data), output=tmp_path).path)
    rows = artifact.manifest.content["golden_rows"]["rows"]
    answer = make_prediction(input_data=rows, artifact=artifact, explain=True)
    totals = np.array([each["base"] + sum(each["contributions"].values()) for each in answer["explanations"]])
    expected = {
        "log": lambda: np.log(answer["predictions"]),
        "identity": lambda: answer["predictions"],
        "log_odds": lambda: _log_odds([each[1] for each in answer["probabilities"]]),
    }[answer["explanations"][0]["scale"]]()
    np.testing.assert_allclose(totals, expected, rtol=TOLERANCE)


def _log_odds(probabilities: list[float]) -> np.ndarray:
    shares = np.array(probabilities)
    return np.log(shares) - np.log1p(-shares)


def _without_folds(config: Config) -> Config:
    return config.model_copy(update={"evaluation": config.evaluation.model_copy(update={"folds": 0})})


def _find_table(config: Config, real_data: Any) -> Path:
    return real_data(f"{config.data.name}.csv")
