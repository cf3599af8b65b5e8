"""The proof finds what differs, and names the step."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from regression_model.compiled import CompiledPipeline, Program
from regression_model.errors import CompiledMismatchError
from regression_model.lowering import compile_pipeline, prove_equality, proving
from regression_model.lowering.blaming import are_equal, find_first_difference
from regression_model.lowering.proving import compare_answers
from regression_model.schema import Schema

ROWS = [{"area": 50.0, "rooms": 3, "zone": "RL"}, {"area": None, "rooms": 1, "zone": "FV"}]
FAMILIES = [
    ("regression", "log", {"family": "lasso"}),
    ("regression", "none", {"family": "random_forest", "n_estimators": 3}),
    ("classification", "none", {"family": "logistic_regression"}),
    ("classification", "none", {"family": "hist_gradient_boosting", "max_iter": 3}),
]


@pytest.mark.parametrize(("task", "transform", "family"), FAMILIES)
def test_equal(build_small, task, transform, family):
    pipeline, schema, config, frame = build_small(family=family, task=task, transform=transform)
    compiled = CompiledPipeline(compile_pipeline(pipeline, schema, config, frame), schema)
    proof = prove_equality(pipeline, compiled, schema, ROWS)
    assert proof.n_rows > 80
    assert 10 < proof.n_refused < proof.n_rows
    assert proof.largest_difference < 1e-9
    assert set(proof.to_json()) == {"n_rows", "n_refused", "largest_difference"}


def test_few_of_the_rows_that_fail_are_tried(build_small, monkeypatch):
    """Given more rows that pass validation and then fail than there is time for, some of them are left out."""
    pipeline, schema, config, frame = build_small(family={"family": "random_forest", "n_estimators": 3})
    schema = Schema(tuple(replace(feature, nullable=True) for feature in schema))
    compiled = CompiledPipeline(compile_pipeline(pipeline, schema, config, frame), schema)
    everything = prove_equality(pipeline, compiled, schema, ROWS)
    n_failing = everything.n_rows - find_n_rows(pipeline, compiled, schema, monkeypatch, at_most=0)
    assert n_failing > 2
    assert find_n_rows(pipeline, compiled, schema, monkeypatch, at_most=2) == everything.n_rows - n_failing + 2


def find_n_rows(pipeline, compiled, schema, monkeypatch, at_most):
    monkeypatch.setattr(proving, "_MAX_FAILING", at_most)
    return prove_equality(pipeline, compiled, schema, ROWS).n_rows


def change_operation(program: Program, name: str, **changes: Any) -> Program:
    content = copy.deepcopy(program.content)
    (operation, *_) = (operation for operation in content["operations"] if operation["op"] == name)
    operation.update(changes)
    return Program(content, program.arrays, program.texts)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("fill_number", {"value": 1.0}),
        ("restrict_text", {"known": ["RL"]}),
        ("map_text", {"unseen": 0.0, "table": {"RL": 0.0, "RM": 1.0, "FV": 1.0}}),
        ("shift_scale", {"shift": 4.0}),
        ("shift_scale", {"scale": 1.0 + 1e-6}),
    ],
)
def test_another_program_is_refused(build_small, name, changes):
    pipeline, schema, config, frame = build_small()
    program = change_operation(compile_pipeline(pipeline, schema, config, frame), name, **changes)
    with pytest.raises(CompiledMismatchError, match="does not predict what the pipeline predicts"):
        prove_equality(pipeline, CompiledPipeline(program, schema), schema, ROWS)


CHANGES: list[tuple[int, str, Callable[[Any], None]]] = [
    (0, "the column 'area' differs", lambda step: step.imputer_dict_.update(area=1e4)),
    (1, "only the pipeline has no result", lambda step: setattr(step, "transform", fail)),
    (2, "the column 'zone' differs", lambda step: step.encoder_dict_.update(zone=["RM"])),
    (3, "the column 'zone' differs", lambda step: step.named_steps["encoder"].encoder_dict_["zone"].update(RL=7)),
    (4, "the column 'rooms' differs", lambda step: step.transformer_.mean_.__setitem__(1, -3.0)),
]


def fail(_: object) -> None:
    raise ValueError("no result")


@pytest.mark.parametrize(("position", "what", "change"), CHANGES)
def test_first_step_that_differs_is_named(build_small, monkeypatch, position, what, change):
    """Given a pipeline that is another one than what was lowered, then the proof says from which step on."""
    pipeline, schema, config, frame = build_small()
    lowered = copy.deepcopy(pipeline)
    compiled = CompiledPipeline(compile_pipeline(lowered, schema, config, frame), schema)
    original = proving.find_first_difference.__globals__["lower_steps"]
    monkeypatch.setitem(
        proving.find_first_difference.__globals__, "lower_steps", lambda _, schema: original(lowered, schema)
    )
    name, step = pipeline.steps[position]
    change(step)
    with pytest.raises(CompiledMismatchError, match=f"^{name}: .*{what}") as caught:
        prove_equality(pipeline, compiled, schema, ROWS)
    assert caught.value.step == name
    assert "50" not in str(caught.value).partition(";")[2], "no value of the row is said"


def test_model_that_differs_is_named(build_small):
    pipeline, schema, config, frame = build_small()
    compiled = CompiledPipeline(compile_pipeline(pipeline, schema, config, frame), schema)
    pipeline.steps[-1][1].intercept_ += 1e-3
    with pytest.raises(CompiledMismatchError, match="^model: .*the columns that reach it agree"):
        prove_equality(pipeline, compiled, schema, ROWS)


def test_difference_of_what_is_refused_is_one_of_validation(build_small):
    pipeline, schema, *_ = build_small()
    assert find_first_difference(pipeline, schema, {"area": 1.0})[0] == "validation"
    assert find_first_difference(pipeline, schema, ROWS[0])[0] == "model"


def test_compiled_form_that_breaks_is_a_mismatch(build_small):
    pipeline, schema, *_ = build_small()

    class Broken:
        def predict_row(self, row: object) -> None:
            raise ZeroDivisionError("oh")

    with pytest.raises(CompiledMismatchError, match=r"^compiled: .* can't answer rows alone: ZeroDivisionError: oh"):
        prove_equality(pipeline, Broken(), schema, ROWS)


def answer(prediction: Any = 1.0, **changes: Any) -> dict[str, Any]:
    return {"prediction": prediction, "probabilities": None, "errors": None, "classes": None, **changes}


@pytest.mark.parametrize(
    ("expected", "found", "difference"),
    [
        (answer(), answer(), 0.0),
        (answer(1.0), answer(1.0 + 1e-10), 1e-10),
        (answer(-1e200), answer(-1.1e200), 1 / 11),
        # Nearly zero where predictions are about 10: compared as if they were 0.01.
        (answer(1e-12), answer(2e-12), 1e-10),
        (answer("a"), answer("b"), math.inf),
        (answer("a"), answer(None), math.inf),
        (answer(None, errors=[1]), answer(None, errors=[2]), math.inf),
        (answer("a", classes=["a"]), answer("a", classes=["b"]), math.inf),
        (answer("a", probabilities=[0.25, 0.75]), answer("a", probabilities=[0.25, 0.5]), 1 / 3),
        (answer("a", probabilities=[1e-300, 1.0]), answer("a", probabilities=[2e-300, 1.0]), 1e-297),
        (answer("a", probabilities=[0.5, 0.5]), answer("a"), math.inf),
    ],
)
def test_how_far_answers_are_apart(expected, found, difference):
    assert compare_answers(expected, found, typical=10.0) == pytest.approx(difference, rel=1e-6)


def test_columns_are_compared_by_value():
    import pandas as pd

    assert are_equal(pd.Series([1, 0], dtype="int8"), np.array([1.0, 0.0]))
    assert are_equal(pd.Series([1.0, None]), np.array([1.0 + 1e-12, np.nan]))
    assert not are_equal(pd.Series([1.0, None]), np.array([1.0 + 1e-6, np.nan]))
    assert not are_equal(pd.Series([1.0, None]), np.array([1.0, 2.0]))
    assert are_equal(pd.Series(["a", None], dtype=object), np.array(["a", None], dtype=object))
    assert not are_equal(pd.Series(["a", None], dtype=object), np.array(["b", None], dtype=object))
    dates = pd.Series(pd.to_datetime(["2020-01-01", None]))
    assert are_equal(dates, dates.to_numpy(dtype="datetime64[us]"))
    assert not are_equal(dates, np.array(["2020-01-02", "NaT"], dtype="datetime64[us]"))
