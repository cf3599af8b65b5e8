from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from regression_model.artifact import Artifact, Manifest
from regression_model.errors import InputDataError
from regression_model.predict import make_prediction
from regression_model.processing.schema import Feature, Schema

# Sums in another order (one row instead of many) may differ in the last bits, not more.
TOLERANCE = 1e-9


def test_answers_line_up_with_a_good_a_broken_and_a_good_row(houses, house_rows):
    good = house_rows[0]
    answer = make_prediction(input_data=[good, good | {"LotArea": "large"}, good], artifact=houses)

    first, second, third = answer["predictions"]
    assert second is None
    assert first == third > 0
    assert list(answer["errors"]) == [1]
    (error,) = answer["errors"][1]
    assert error["field"] == "LotArea"
    assert error["reason"] == "not_a_number"
    assert "large" not in json.dumps(error), "what was sent is not repeated"
    assert answer["version"] == houses.version
    assert "probabilities" not in answer


def test_one_row_may_come_without_a_list(houses, house_rows):
    assert len(make_prediction(input_data=house_rows[0], artifact=houses)["predictions"]) == 1


def test_rows_that_are_all_refused_are_all_answered(houses):
    answer = make_prediction(input_data=[{}, {"LotArea": 1}, "no row"], artifact=houses)

    assert answer["predictions"] == [None, None, None]
    assert list(answer["errors"]) == [0, 1, 2]
    assert answer["errors"][2][0]["reason"] == "not_an_object"


@pytest.mark.parametrize("nothing", [[], pd.DataFrame(), "text", 7])
def test_what_is_no_rows_is_refused_as_a_whole(houses, nothing):
    with pytest.raises(InputDataError, match="row"):
        make_prediction(input_data=nothing, artifact=houses)


def test_many_rows_at_once_equal_each_row_alone_and_a_frame_of_them(artifact):
    row = artifact.example_row()
    frame = pd.DataFrame([row] * 12)
    frame["GrLivArea"] = np.linspace(600, 4000, 12)
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")

    together = make_prediction(input_data=rows, artifact=artifact)["predictions"]
    alone = [make_prediction(input_data=row, artifact=artifact)["predictions"][0] for row in rows]
    as_frame = make_prediction(input_data=frame, artifact=artifact)["predictions"]

    assert len(set(together)) == 12, "the rows differ, so must the answers, or this test compares nothing"
    assert alone == pytest.approx(together, rel=TOLERANCE)
    assert as_frame == pytest.approx(together, rel=TOLERANCE)


def test_the_order_of_keys_and_unknown_fields_do_not_matter(houses, house_rows):
    row = house_rows[0]
    turned = dict(reversed(row.items())) | {"Colour of the door": "green"}
    answers = [make_prediction(input_data=each, artifact=houses) for each in (row, turned)]
    assert answers[0] == answers[1]


def test_the_input_is_left_as_it_was(houses, house_rows):
    frame = pd.DataFrame(house_rows[:5])
    before = frame.copy(deep=True)
    make_prediction(input_data=frame, artifact=houses)
    pd.testing.assert_frame_equal(frame, before)


def test_a_prediction_that_overflows_is_an_error_of_its_row(houses, house_rows):
    answer = make_prediction(input_data=[house_rows[0], house_rows[0] | {"OverallQual": 1e300}], artifact=houses)
    assert answer["predictions"][1] is None
    assert answer["errors"][1][0]["reason"] == "prediction_not_finite"
    assert answer["predictions"][0] is not None


@pytest.mark.parametrize("value", [0, -1, "0"])
def test_nothing_positive_before_a_logarithm_is_an_error_of_its_row(houses, house_rows, value):
    answer = make_prediction(input_data=house_rows[0] | {"GrLivArea": value}, artifact=houses)
    assert answer["errors"][0][0]["reason"] == "not_positive"


def test_a_classification_answers_labels_with_probabilities_in_the_order_of_the_classes(colours):
    rows = [{"emp.var.rate": value, "emp": value} for value in (-2.0, 0.0, 2.0)]
    answer = make_prediction(input_data=[*rows, {"emp": 1}], artifact=colours)

    assert answer["classes"] == ["blue", "green", "red"]
    assert answer["predictions"] == ["blue", "green", "red", None]
    assert answer["probabilities"][3] is None
    for label, shares in zip(answer["predictions"][:3], answer["probabilities"][:3], strict=True):
        assert sum(shares) == pytest.approx(1.0)
        assert label == answer["classes"][int(np.argmax(shares))]


def test_a_row_that_a_step_refuses_does_not_cost_its_neighbours_their_answers():
    answer = make_prediction(input_data=[{"x": 1}, {"x": 13}, {"x": 3}], artifact=_superstitious())

    assert answer["predictions"] == [pytest.approx(2.0), None, pytest.approx(6.0)]
    (error,) = answer["errors"][1]
    assert error["field"] is None


def test_an_answer_can_be_sent_as_json(houses, house_rows):
    answer = make_prediction(input_data=[house_rows[0], {}], artifact=houses)
    assert json.loads(json.dumps(answer, allow_nan=False))["predictions"] == answer["predictions"]


def test_explanations_line_up_with_the_rows_and_are_given_only_when_asked_for(houses, house_rows):
    good, other = house_rows[0], house_rows[1]
    rows = [good, good | {"LotArea": "large"}, other, good | {"OverallQual": 1e300}]
    answer = make_prediction(input_data=rows, artifact=houses, explain=True)

    first, refused, third, overflowing = answer["explanations"]
    assert refused is overflowing is None
    for explanation, price in ((first, answer["predictions"][0]), (third, answer["predictions"][2])):
        assert explanation["scale"] == "log"
        assert list(explanation["contributions"]) == houses.schema.names
        total = explanation["base"] + sum(explanation["contributions"].values())
        assert total == pytest.approx(np.log(price), rel=TOLERANCE)
    assert first["contributions"] != third["contributions"]
    plain = make_prediction(input_data=rows, artifact=houses)
    assert plain == {name: value for name, value in answer.items() if name != "explanations"}


def test_explanations_of_rows_that_are_all_refused(houses):
    assert make_prediction(input_data=[{}, {}], artifact=houses, explain=True)["explanations"] == [None, None]


def test_an_explanation_of_a_class_is_that_of_the_predicted_one(colours):
    rows = [{"emp.var.rate": value, "emp": value} for value in (-2.0, 0.0, 2.0)]
    answer = make_prediction(input_data=[*rows, {"emp": 1}], artifact=colours, explain=True)
    *explained, refused = answer["explanations"]
    assert refused is None
    assert [each["class"] for each in explained] == answer["predictions"][:3]
    assert {each["scale"] for each in explained} == {"margin"}


def _superstitious() -> Artifact:
    """Build y = 2 x, by a pipeline that fails on 13."""

    def check(frame: pd.DataFrame) -> pd.DataFrame:
        if (frame["x"] == 13).any():
            raise ValueError("thirteen")
        return frame

    frame = pd.DataFrame({"x": [1.0, 2.0, 3.0]})
    pipeline = Pipeline([("check", FunctionTransformer(check)), ("model", LinearRegression())])
    content: dict[str, Any] = {
        "schema": Schema((Feature("x", "number", nullable=False),)).to_json(),
        "model_version": "1.0.0",
        "task": "regression",
        "classes": None,
        "made_for": hashlib.sha256(b"this test").hexdigest(),
    }
    return Artifact(pipeline.fit(frame, frame["x"] * 2), Manifest.seal(content))


@pytest.mark.parametrize("name", ["LotArea", "LotFrontage", "1stFlrSF", "GrLivArea"])
@pytest.mark.parametrize("value", [0, -1])
def test_the_published_model_names_the_field_that_has_no_logarithm(artifact, name, value):
    answer = make_prediction(input_data=artifact.example_row() | {name: value}, artifact=artifact)

    assert [(error["field"], error["reason"]) for error in answer["errors"][0]] == [(name, "not_positive")]


def test_a_row_that_a_step_refuses_is_found_by_halving():
    calls = []

    class Refusing(LinearRegression):
        def predict(self, rows):
            calls.append(len(rows))
            if (rows["x"] == 13).any():
                raise ArithmeticError("13")
            return super().predict(rows)

    frame = pd.DataFrame({"x": np.arange(1000.0)})
    pipeline = Pipeline([("model", Refusing().fit(frame, frame["x"]))])
    model = Artifact(pipeline, _superstitious().manifest)
    answer = make_prediction(input_data=frame, artifact=model)

    assert list(answer["errors"]) == [13]
    assert answer["predictions"][:13] + answer["predictions"][14:] == pytest.approx([*range(13), *range(14, 1000)])
    assert len(calls) <= 1 + 2 * 10  # one for all, and two for each halving of 1,000 rows
