"""Contributions add up to the prediction, for all families and kinds of target."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from regression_model.artifact import Artifact, load_pipeline
from regression_model.compiled import CompiledPipeline
from regression_model.config import Config, parse_config
from regression_model.errors import MissingExtraError
from regression_model.families.registry import model_families
from regression_model.lowering import compile_pipeline
from regression_model.predict import make_prediction
from regression_model.processing.validation import validate_inputs
from regression_model.train_pipeline import run_training

# What is promised; sums of some thousand terms in another order stay far below it.
TOLERANCE = 1e-9

TARGETS = {"plain": "regression", "logarithm": "regression", "two classes": "classification", "three": "classification"}
COLUMN = {"plain": "price", "logarithm": "price", "two classes": "dear", "three": "level"}
FEW = {
    "catboost": "iterations: 20",
    "extra_trees": "n_estimators: 10",
    "hist_gradient_boosting": "max_iter: 10",
    "keras_mlp": "epochs: 5",
    "lightgbm": "n_estimators: 10",
    "mlp": "epochs: 5",
    "random_forest": "n_estimators: 10",
    "xgboost": "n_estimators: 20",
}
UNEXPLAINED = {"knn"}
CONFIG = """
pipeline_name: flats
task: {task}
data:
  name: flats
target:
  column: {column}
  transform: {transform}
features:
  number: [area, distance]
  integer: [rooms]
  boolean: [lift]
  category: [zone]
  left_out:
{left_out}
preprocessing:
- step: missing_indicator
  columns: [distance]
- step: impute_number
  columns: [distance]
- step: combine
  operation: ratio
  columns: [area, rooms]
  into: room_size
- step: one_hot
  columns: [zone]
model:
  family: {family}
  {settings}
evaluation:
  bootstrap_samples: 100
"""

EACH = [
    pytest.param(name, target, marks=pytest.mark.heavy if family.extra not in (None, "lightgbm") else ())
    for name, family in model_families().items()
    for target in TARGETS
    if TARGETS[target] in family.tasks and name not in UNEXPLAINED
]


def build_table() -> pd.DataFrame:
    generator = np.random.default_rng(7)
    n_rows = 250
    table = pd.DataFrame(
        {
            "area": generator.uniform(20, 160, n_rows).round(1),
            "distance": generator.uniform(0, 20, n_rows).round(2),
            "rooms": generator.integers(1, 7, n_rows),
            "lift": generator.random(n_rows) < 0.4,
            "zone": generator.choice(["north", "south", "west"], n_rows),
        }
    )
    zone = table["zone"].map({"north": 0.8, "south": 1.0, "west": 1.3})
    price = table["area"] * zone * (1 + table["lift"] / 5) / (1 + table["distance"] / 30)
    table.loc[generator.random(n_rows) < 0.1, "distance"] = np.nan
    return table.assign(
        price=price,
        dear=np.where(price > 80, "yes", "no"),
        level=np.select([price < 50, price > 100], ["low", "top"], "middle"),
    )


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("flats") / "flats.csv"
    build_table().to_csv(path, index=False)
    return path


def train(name: str, target: str, table: Path) -> Artifact:
    text = CONFIG.format(
        task=TARGETS[target],
        column=COLUMN[target],
        transform="log" if target == "logarithm" else "none",
        left_out="\n".join(f"    {other}: known later" for other in {"price", "dear", "level"} - {COLUMN[target]}),
        family=name,
        settings=FEW.get(name, ""),
    )
    try:
        return load_pipeline(
            run_training(parse_config(text), data_path=table, output=table.parent / name / target).path
        )
    except MissingExtraError as error:
        pytest.skip(str(error))


def find_scores(artifact: Artifact, rows: list[dict[str, Any]]) -> np.ndarray:
    """Ask the model itself for the numbers from which it makes probabilities; (n_rows, n_classes)."""
    frame = validate_inputs(input_data=rows, schema=artifact.schema).frame
    for _, step in artifact.pipeline.steps[:-1]:
        frame = step.transform(frame)
    model = artifact.pipeline.steps[-1][1]
    if hasattr(model, "booster_"):  # LightGBM's
        return model.predict_proba(frame, raw_score=True)
    return model.decision_function(frame)


def explain_compiled(artifact: Artifact, rows: list[dict[str, Any]], predictions: list[Any]) -> list[dict[str, Any]]:
    frame = validate_inputs(input_data=rows, schema=artifact.schema).frame
    config = Config.model_validate(artifact.manifest.content["config"])
    program = compile_pipeline(artifact.pipeline, artifact.schema, config, frame)
    return CompiledPipeline(program, artifact.schema).explain_rows(rows, predictions)


def check_equal(compiled: list[dict[str, Any]], explanations: list[dict[str, Any]]) -> None:
    for left, right in zip(compiled, explanations, strict=True):
        assert list(left) == list(right)
        assert (left["scale"], left.get("class")) == (right["scale"], right.get("class"))
        assert left["base"] == pytest.approx(right["base"], rel=TOLERANCE)
        expected = pytest.approx(right["contributions"], rel=TOLERANCE, abs=TOLERANCE * abs(right["base"]))
        assert left["contributions"] == expected


@pytest.mark.parametrize(("name", "target"), EACH)
def test_contributions_add_up_to_the_prediction(name, target, table):
    artifact = train(name, target, table)
    rows = build_table().head(20)[artifact.schema.names].astype(object)
    rows = rows.where(rows.notna(), None).to_dict("records")
    assert any(value is None for row in rows for value in row.values())
    answer = make_prediction(input_data=rows, artifact=artifact, explain=True)
    explanations = answer["explanations"]
    totals = [each["base"] + sum(each["contributions"].values()) for each in explanations]

    assert answer["errors"] == {}
    check_equal(explain_compiled(artifact, rows, answer["predictions"]), explanations)
    assert all(list(each["contributions"]) == artifact.schema.names for each in explanations)
    assert np.ptp([each["contributions"]["area"] for each in explanations]) > 0, "the rows differ"
    (scale,) = {each["scale"] for each in explanations}
    if TARGETS[target] == "regression":
        assert scale == {"plain": "identity", "logarithm": "log"}[target]
        on_scale = answer["predictions"] if target == "plain" else np.log(answer["predictions"])
        assert totals == pytest.approx(on_scale, rel=TOLERANCE)
        return
    chosen = [answer["classes"].index(each["class"]) for each in explanations]
    probabilities = np.array(answer["probabilities"])[range(len(rows)), chosen]
    if target == "two classes":
        assert set(chosen) == {1}
    else:
        assert [each["class"] for each in explanations] == answer["predictions"]
    if scale == "probability":
        assert totals == pytest.approx(probabilities, rel=TOLERANCE, abs=TOLERANCE)
    elif target == "two classes":
        assert scale == "log_odds"
        assert 1 / (1 + np.exp(-np.array(totals))) == pytest.approx(probabilities, rel=TOLERANCE)
    else:
        assert scale == "margin"
        assert totals == pytest.approx(find_scores(artifact, rows)[range(len(rows)), chosen], rel=TOLERANCE)


@pytest.mark.parametrize("name", ["ridge", "hist_gradient_boosting"])
def test_an_explanation_of_a_row_does_not_depend_on_the_others(name, table):
    artifact = train(name, "logarithm", table)
    rows = [{**artifact.example_row(), "area": area} for area in (30.0, 60.0, 90.0)]
    together = make_prediction(input_data=rows, artifact=artifact, explain=True)["explanations"]
    for row, expected in zip(rows, together, strict=True):
        (alone,) = make_prediction(input_data=row, artifact=artifact, explain=True)["explanations"]
        assert alone["contributions"] == pytest.approx(expected["contributions"], rel=TOLERANCE, abs=TOLERANCE)
        assert alone["base"] == pytest.approx(expected["base"], rel=TOLERANCE)
