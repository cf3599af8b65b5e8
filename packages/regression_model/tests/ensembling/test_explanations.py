"""Contributions of an ensemble: exact where they add up, refused where they don't."""

from __future__ import annotations

import numpy as np
import pytest

from regression_model.artifact import load_pipeline
from regression_model.compiled import CompiledPipeline
from regression_model.errors import ExplanationError
from regression_model.lowering import compile_pipeline
from regression_model.predict import make_prediction
from regression_model.train_pipeline import run_training

from .conftest import CLASS_LINE, FOREST, LINE, TREES, build_flats, label

BOOSTER = {**TREES, "name": "booster", "model": {"family": "lightgbm", "n_estimators": 9}}


def train_flats(make_config, folder, model, *, classes=0, transform="none"):
    table = build_flats()
    if classes:
        table["price"] = label(table["price"], classes)
    table.to_csv(folder / "flats.csv", index=False)
    config = make_config(model, task="classification" if classes else "regression", transform=transform)
    artifact = load_pipeline(run_training(config, data_path=folder / "flats.csv", output=folder / "out").path)
    rows = table.head(20)[artifact.schema.names].astype(object)
    return config, artifact, rows.where(rows.notna(), None).to_dict("records")


def explain_both(config, artifact, rows):
    answer = make_prediction(input_data=rows, artifact=artifact, explain=True)
    frame = build_flats().drop(columns="price")
    compiled = CompiledPipeline(compile_pipeline(artifact.pipeline, artifact.schema, config, frame), artifact.schema)
    return answer, compiled.explain_rows(rows, answer["predictions"])


@pytest.mark.parametrize(("family", "transform"), [("vote", "none"), ("vote", "log"), ("stack", "log")])
def test_contributions_to_a_regression_add_up(make_config, tmp_path, family, transform):
    members = [LINE, TREES, FOREST, BOOSTER]
    config, artifact, rows = train_flats(
        make_config, tmp_path, {"family": family, "members": members}, transform=transform
    )

    answer, compiled = explain_both(config, artifact, rows)

    predictions = np.array(answer["predictions"], dtype=float)
    expected = np.log(predictions) if transform == "log" else predictions
    for explanations in (answer["explanations"], compiled):
        totals = [each["base"] + sum(each["contributions"].values()) for each in explanations]
        np.testing.assert_allclose(totals, expected, rtol=1e-9)
        assert {each["scale"] for each in explanations} == {"log" if transform == "log" else "identity"}
    assert np.ptp([each["contributions"]["area"] for each in compiled]) > 0


@pytest.mark.parametrize("classes", [2, 3])
def test_contributions_to_a_vote_of_forests_add_up_to_a_probability(make_config, tmp_path, classes):
    other = {**FOREST, "name": "other", "model": {"family": "extra_trees", "n_estimators": 4}}
    model = {"family": "vote", "members": [{**FOREST, "weight": 2}, other]}
    config, artifact, rows = train_flats(make_config, tmp_path, model, classes=classes)

    answer, compiled = explain_both(config, artifact, rows)

    for row, each in enumerate(compiled):
        expected = answer["probabilities"][row][answer["classes"].index(each["class"])]
        assert each["scale"] == "probability"
        assert each["base"] + sum(each["contributions"].values()) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("family", "reason"),
    [("vote", "a vote averages probabilities"), ("stack", "a stack learns from log odds")],
)
def test_what_does_not_add_up_is_refused(make_config, tmp_path, family, reason):
    model = {"family": family, "members": [CLASS_LINE, FOREST]}
    _, artifact, rows = train_flats(make_config, tmp_path, model, classes=2)

    with pytest.raises(ExplanationError, match=reason):
        make_prediction(input_data=rows, artifact=artifact, explain=True)
