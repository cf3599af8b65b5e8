from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import math
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from regression_model.artifact import Artifact, Manifest, load_artifact, load_pipeline
from regression_model.errors import InputDataError
from regression_model.predict import make_prediction
from regression_model.schema import Feature, Schema

# Sums in another order (one row instead of many, or compiled) may differ in the last bits, not more.
TOLERANCE = 1e-9


@pytest.fixture(scope="session")
def houses(houses_in_both_forms: Artifact) -> Artifact:
    return houses_in_both_forms


@pytest.fixture(scope="session")
def colours(colours_in_both_forms: Artifact) -> Artifact:
    return colours_in_both_forms


def test_answers_line_up_with_a_good_a_broken_and_a_good_row(houses, house_rows):
    good = house_rows[0]
    answer = make_prediction(input_data=[good, good | {"LotArea": "large"}, good], artifact=houses)

    first, second, third = answer["predictions"]
    assert second is None
    assert first == pytest.approx(third, rel=TOLERANCE)
    assert first > 0
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


def same_answers(found: dict[str, Any], expected: dict[str, Any]) -> bool:
    pairs = [(found[key], expected[key]) for key in ("predictions", "probabilities") if key in expected]
    rest = ("errors", "version", "classes")
    return (
        set(found) == set(expected)
        and all(found[key] == expected[key] for key in rest if key in expected)
        and all(_are_close(*pair) for pair in pairs)
    )


def _are_close(found: Any, expected: Any) -> bool:
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(_are_close, found, expected))
    if isinstance(expected, float):
        return isinstance(found, float) and math.isclose(found, expected, rel_tol=TOLERANCE)
    return found == expected


CELLS = {
    "LotArea": [8450, 8450.5, "8450", None, 0, -1, "big", True, np.int64(7000), np.float32(7000.5), math.inf],
    "GrLivArea": [1500, 1e308, 1e-300, np.float64("nan"), pd.NA, Decimal("1200.5")],
    "LotFrontage": [65, None, math.nan, "", "NA", "?", [1]],
    "OverallQual": [5, 5.0, 5.5, "5", 10**30, None, np.uint8(5)],
    "YearBuilt": [1990, "1990", -5],
    "Neighborhood": ["CollgCr", "nowhere", "", None, 5, 5.0, True, np.str_("CollgCr")],
    "Street": ["Pave", "Grvl", "Pav", "", pd.NaT],
}


@st.composite
def house_lists(draw):
    row = st.fixed_dictionaries({name: st.sampled_from(cells) for name, cells in CELLS.items()})
    short = st.dictionaries(st.sampled_from([*CELLS, "lotarea"]), st.just(1))
    return draw(st.lists(row | row | row | short | st.sampled_from([None, 5, "row"]), min_size=1, max_size=6))


@settings(max_examples=100, deadline=None)
@given(rows=house_lists())
def test_both_forms_answer_the_same_to_whatever_is_sent(rows, houses_path):
    compiled, pipeline = _load_both(houses_path)
    expected = make_prediction(input_data=rows, artifact=pipeline)

    assert same_answers(make_prediction(input_data=rows, artifact=compiled), expected)
    if isinstance(rows[0], dict):
        one = [make_prediction(input_data=rows[0], artifact=artifact) for artifact in (compiled, pipeline)]
        assert same_answers(*one)


@settings(max_examples=100, deadline=None)
@given(data=st.data(), n_rows=st.integers(1, 5))
def test_both_forms_answer_the_same_to_any_frame(data, n_rows, houses_path):
    compiled, pipeline = _load_both(houses_path)
    types = st.sampled_from([object, "float64", "Int64", "str", "category", "bool", "float32", "int64"])
    columns = {}
    for name, cells in CELLS.items():
        column = pd.Series(data.draw(st.lists(st.sampled_from(cells), min_size=n_rows, max_size=n_rows)), dtype=object)
        with contextlib.suppress(Exception):  # not all of these values can be of each type
            column = column.astype(data.draw(types))
        columns[name] = column
    for name in data.draw(st.lists(st.sampled_from(list(columns)), max_size=1)):
        columns[name.lower()] = columns.pop(name)
    frame = pd.DataFrame(columns, index=[7] * n_rows)
    expected = make_prediction(input_data=frame, artifact=pipeline)

    assert same_answers(make_prediction(input_data=frame, artifact=compiled), expected)


@functools.cache
def _load_both(path):
    return load_artifact(path), load_pipeline(path)


def test_a_frame_is_explained_as_its_rows_are(houses, house_rows):
    rows = house_rows[:3]
    by_rows, by_frame = (
        make_prediction(input_data=data, artifact=houses, explain=True)["explanations"]
        for data in (rows, pd.DataFrame(rows))
    )
    for one, other in zip(by_rows, by_frame, strict=True):
        assert one["contributions"] == pytest.approx(other["contributions"], rel=TOLERANCE)


@pytest.mark.parametrize("kind", ["houses", "colours"])
def test_both_forms_explain_alike(kind, houses_path, colours_path, house_rows):
    path = {"houses": houses_path, "colours": colours_path}[kind]
    rows = house_rows[:5] if kind == "houses" else [{"emp.var.rate": v, "emp": -v} for v in (-2.0, 0.1, 2.0)]
    compiled, pipeline = (
        make_prediction(input_data=[*rows, {}], artifact=artifact, explain=True)["explanations"]
        for artifact in _load_both(path)
    )
    assert compiled.pop() is pipeline.pop() is None
    for one, other in zip(compiled, pipeline, strict=True):
        assert {**one, "base": 0, "contributions": 0} == {**other, "base": 0, "contributions": 0}
        assert list(one["contributions"]) == list(other["contributions"])
        # A contribution is a difference: it is as exact as what it is the difference of.
        assert one["contributions"] == pytest.approx(other["contributions"], rel=TOLERANCE, abs=1e-12)
        assert one["base"] == pytest.approx(other["base"], rel=TOLERANCE)
