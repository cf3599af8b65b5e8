from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from regression_model.compiled.attribution import check_explanation, link_explainer
from regression_model.compiled.models import link_model
from regression_model.errors import ArtifactIntegrityError, ExplanationError

NAMES = ("area", "rooms")
TRACED = {"shares": [[[0, 1.0]], [[0, 0.5], [1, 0.5]], [[1, 1.0]]], "reference": [1.0, 1.0, 0.0]}


def describe(explanation: Any = TRACED, **changes: Any) -> SimpleNamespace:
    model = {"kind": "linear", "link": "identity", "coefficients": [[1.0, 2.0, -1.0]], "intercepts": [0.5]}
    content = {
        "inputs": ["number", "number"],
        "columns": [2, 3, 1],
        "model": model | changes.pop("model", {}),
        "target": "identity",
        "classes": None,
        "explanation": explanation,
        **changes,
    }
    return SimpleNamespace(content=content, arrays={}, texts={})


def explain(source: SimpleNamespace, rows: list[list[float]], predictions: list[Any]) -> list[dict[str, Any]]:
    return link_explainer(source, link_model(source), NAMES).explain(np.array(rows), predictions)


def test_columns_count_for_their_features():
    (found,) = explain(describe(), [[2.0, 3.0, 4.0]], [4.5])
    assert found == {"base": 3.5, "scale": "identity", "contributions": {"area": 3.0, "rooms": -2.0}}


@pytest.mark.parametrize(("target", "link"), [("exp", "identity"), ("identity", "exp")])
def test_a_logarithm_is_explained_where_that_was_learned(target, link):
    (found,) = explain(describe(target=target, model={"link": link}), [[2.0, 3.0, 4.0]], [90.0])
    assert (found["scale"], found["base"]) == ("log", 3.5)


def test_of_two_classes_the_second_is_explained_and_of_more_the_predicted_one():
    two = describe(classes=["no", "yes"], model={"link": "sigmoid"})
    for label in ("no", "yes"):
        (found,) = explain(two, [[2.0, 3.0, 4.0]], [label])
        assert (found["class"], found["scale"], found["base"]) == ("yes", "log_odds", 3.5)
    each = {"link": "softmax", "coefficients": [[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0]], "intercepts": [1.0, 2.0, 3.0]}
    first, last = explain(describe(classes=["a", "b", "c"], model=each), [[5.0, 1, 0], [1, 1, 5.0]], ["a", "c"])
    assert (first["class"], first["scale"], first["base"]) == ("a", "margin", 2.0)
    assert first["contributions"] == {"area": 4.0, "rooms": 0.0}
    assert (last["class"], last["base"], last["contributions"]) == ("c", 3.0, {"area": 0.0, "rooms": 5.0})


def test_no_rows_have_no_explanations():
    source = describe()
    assert link_explainer(source, link_model(source), NAMES).explain(np.empty((0, 3)), []) == []


def test_a_column_without_features_must_not_matter():
    source = describe({**TRACED, "shares": [[[0, 1.0]], [[0, 0.5], [1, 0.5]], []]})
    (found,) = explain(source, [[2.0, 1.0, 0.0]], [4.5])
    assert found["contributions"] == {"area": 1.0, "rooms": 0.0}
    with pytest.raises(ExplanationError, match="can't be traced"):
        explain(source, [[2.0, 1.0, 3.0]], [1.5])


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (describe({"unavailable": "there is no typical row"}), "there is no typical row"),
        (describe(None), "can't be explained"),
        (describe(target="exp", model={"link": "exp"}), "exponential of an exponential"),
    ],
)
def test_why_there_is_none_is_told(source, message):
    check_explanation(source)
    with pytest.raises(ExplanationError, match=message):
        explain(source, [[2.0, 1.0, 3.0]], [1.5])


@pytest.mark.parametrize(
    "explanation",
    [
        [],
        "text",
        {},
        {"unavailable": 1},
        {"unavailable": "so", "reference": None},
        {**TRACED, "more": 1},
        {**TRACED, "shares": TRACED["shares"][:2]},
        {**TRACED, "shares": None},
        {**TRACED, "shares": [[[0, 1.0]], [[2, 1.0]], []]},
        {**TRACED, "shares": [[[0, 1.0]], [[-1, 1.0]], []]},
        {**TRACED, "shares": [[[0, 1.0]], [[True, 1.0]], []]},
        {**TRACED, "shares": [[[0, 1.0]], [[0, float("inf")]], []]},
        {**TRACED, "shares": [[[0, 1.0]], [[0]], []]},
        {**TRACED, "shares": [[[0, 1.0]], {"0": 1.0}, []]},
        {**TRACED, "reference": None},
        {**TRACED, "reference": [1.0, 1.0]},
        {**TRACED, "reference": [1.0, 1.0, float("nan")]},
        {**TRACED, "reference": [1.0, 1.0, "0"]},
    ],
)
def test_what_describes_no_explanation_is_refused(explanation):
    for check in (check_explanation, lambda source: link_explainer(source, link_model(source), NAMES)):
        with pytest.raises(ArtifactIntegrityError, match="the 'explanation' of the compiled model can't be used"):
            check(describe(explanation))
