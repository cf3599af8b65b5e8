from __future__ import annotations

import enum
import math
import sys
import threading
from collections import UserDict
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regression_model.compiled import CompiledPipeline, Program, Texts
from regression_model.compiled.row_numbers import find_number_part
from regression_model.errors import ArtifactIntegrityError, ExplanationError, InputDataError
from regression_model.schema import Feature, Schema, check_row, field_errors

SCHEMA = Schema(
    (
        Feature("area", "number", nullable=True),
        Feature("lot", "number", nullable=False, exclusive_minimum=0.0),
        Feature("rooms", "integer", nullable=True),
        Feature("zone", "category", nullable=True, categories={"A": 0.5, "B": 0.3, "C": 0.2}),
        Feature("heating", "category", nullable=False, categories={"gas": 0.6, "oil": 0.4}, on_unseen="reject"),
        Feature("pool", "boolean", nullable=True),
        Feature("sold", "datetime", nullable=True),
        Feature("built", "integer", nullable=True, missing_fraction=0.2),
        Feature("unread", "number", nullable=True),
        Feature("seen", "datetime", nullable=False),
    )
)
AREA, LOT, ROOMS, ZONE, HEATING, POOL, SOLD, BUILT, UNREAD, SEEN = range(10)
_STEPS: list[dict[str, Any]] = [
    {"op": "fill_number", "in": AREA, "out": 10, "value": 70.0},
    {"op": "is_missing", "in": AREA, "out": 11},
    {"op": "clip", "in": 10, "out": 12, "lower": 10.0, "upper": None},
    {"op": "shift_scale", "in": 12, "out": 13, "shift": 60.0, "scale": 7.5},
    {"op": "log", "in": LOT, "out": 14},
    {"op": "scale_shift", "in": 14, "out": 15, "scale": 0.25, "shift": -1.0},
    {"op": "fill_number", "in": ROOMS, "out": 16, "value": 3.0},
    {"op": "yeo_johnson", "in": 16, "out": 17, "power": 0.3},
    {"op": "above", "in": 16, "out": 18, "threshold": 2.0},
    {"op": "fill_text", "in": ZONE, "out": 19, "value": "B"},
    {"op": "restrict_text", "in": 19, "out": 20, "known": ["A", "B"], "other": "rare"},
    {
        "op": "map_text",
        "in": 20,
        "out": 21,
        "table": {"A": 1.5, "B": 2.5, "rare": -3.0},
        "unseen": "fail",
        "missing": "fail",
    },
    {"op": "one_hot", "in": 20, "out": [22, 23], "categories": ["A", "rare"], "missing": "fail"},
    {"op": "map_text", "in": HEATING, "out": 24, "table": {"gas": 4.0}, "unseen": 0.5, "missing": "missing"},
    {"op": "fill_number", "in": POOL, "out": 25, "value": 0.0},
    {"op": "date_part", "in": SOLD, "out": 26, "part": "year"},
    {"op": "fill_number", "in": 26, "out": 27, "value": 2008.0},
    {"op": "difference", "in": [27, BUILT], "out": 28},
    {"op": "fill_number", "in": 28, "out": 29, "value": 30.0},
    {"op": "log1p", "in": 29, "out": 30},
    {"op": "sum", "in": [10, 16, 25], "out": 31},
    {"op": "product", "in": [25, 21], "out": 32},
    {"op": "ratio", "in": [10, 16], "out": 33},
    {"op": "fill_number", "in": 33, "out": 34, "value": -1.0},
    {"op": "constant", "out": 35, "kind": "number", "value": 0.75},
    {
        "op": "draw",
        "in": BUILT,
        "out": 36,
        "kind": "number",
        "state": 12345678901234567890,
        "seeds": [AREA, ZONE, SOLD, POOL],
        "values": "draws",
        "cumulative_counts": "counts",
    },
    {
        "op": "draw",
        "in": ZONE,
        "out": 37,
        "kind": "text",
        "state": 7,
        "seeds": [LOT, ZONE],
        "values": ["A", "C"],
        "cumulative_counts": "text_counts",
    },
    {"op": "map_text", "in": 37, "out": 38, "table": {"A": 0.1, "C": 0.2}, "unseen": 0.3, "missing": "missing"},
    {"op": "lookup_key", "in": [ZONE, ROOMS], "out": [39, 40], "keys": [["A", "A", "B"], [1, 2, 3]], "values": "keyed"},
    {"op": "fill_number", "in": 39, "out": 41, "value": 0.0},
    {"op": "fill_number", "in": 40, "out": 42, "value": 0.0},
    {
        "op": "lookup_nearest",
        "in": [AREA, UNREAD],
        "out": [43],
        "places": "places",
        "values": "near",
        "max_distance_km": 2000.0,
    },
    {"op": "fill_number", "in": 43, "out": 44, "value": 9.0},
    {"op": "require", "in": [29, 34, 36], "missing": True, "infinite": True, "single_precision": True},
    {"op": "is_missing", "in": HEATING, "out": 45},
    {"op": "is_missing", "in": SOLD, "out": 46},
]
_COLUMNS = [13, 11, 15, 17, 18, 21, 22, 23, 24, 25, 30, 31, 32, 34, 35, 36, 38, 41, 42, 44, 45, 46, 16]
_ARRAYS = {
    "draws": np.array([1900.0, 1950.0, 2000.0]),
    "counts": np.array([2, 5, 6]),
    "text_counts": np.array([1, 4]),
    "keyed": np.array([[1.0, np.nan], [2.0, 20.0], [3.0, 30.0]]),
    "places": np.array([[60.0, 10.0], [62.0, 11.0], [-30.0, 100.0]]),
    "near": np.array([[5.0], [6.0], [7.0]]),
}


def make_content(**changes: Any) -> dict[str, Any]:
    """Return the document of the program, with some entries changed."""
    coefficients = [[0.1 * (position % 7 - 3.5) for position in range(len(_COLUMNS))]]
    content = {
        "format": 1,
        "inputs": ["number", "number", "number", "text", "text", "number", "date", "number", "number", "date"],
        "operations": [dict(step) for step in _STEPS],
        "columns": list(_COLUMNS),
        "model": {"kind": "linear", "link": "identity", "coefficients": coefficients, "intercepts": [0.5]},
        "target": "identity",
        "classes": None,
        "explanation": None,
    }
    return content | changes


def make_program(**changes: Any) -> Program:
    """Return the program, with some entries of its document changed."""
    return Program(make_content(**changes), dict(_ARRAYS))


def make_classifier() -> Program:
    """Return a program of three classes, which no linear short cut can compute for one row."""
    coefficients = [[0.01 * (position % (5 + row) - 2.5) for position in range(len(_COLUMNS))] for row in range(3)]
    model = {"kind": "linear", "link": "softmax", "coefficients": coefficients, "intercepts": [0.1, 0.2, 0.3]}
    return make_program(model=model, classes=["a", "b", "c"])


def make_plain() -> Program:
    """Return the program without what reads text together with other features."""
    renumbered = {slot: slot for slot in range(len(SCHEMA))}
    steps = []
    for step in _STEPS:
        sources = step["in"] if isinstance(step.get("in"), list) else [step["in"]] if "in" in step else []
        targets = step.get("out", []) if isinstance(step.get("out", []), list) else [step["out"]]
        if step["op"] in ("draw", "lookup_key", "product", "require") or not renumbered.keys() >= set(sources):
            continue
        renumbered |= {slot: len(renumbered) + place for place, slot in enumerate(targets)}
        changed = {
            key: [renumbered[slot] for slot in step[key]] if isinstance(step[key], list) else renumbered[step[key]]
            for key in ("in", "out")
            if key in step
        }
        steps.append(step | changed)
    columns = [renumbered[slot] for slot in _COLUMNS if slot in renumbered]
    coefficients = [[0.1 * (position % 5 - 2) for position in range(len(columns))]]
    model = {"kind": "linear", "link": "identity", "coefficients": coefficients, "intercepts": [0.5]}
    return make_program(operations=steps, columns=columns, model=model)


GOOD_ROW: dict[str, Any] = {
    "area": 61.5,
    "lot": 420,
    "rooms": 2,
    "zone": "A",
    "heating": "gas",
    "pool": True,
    "sold": "2010-05-31T12:00:00Z",
    "built": 1987,
    "unread": 10.25,
    "seen": "2020-01-01",
}

USUAL: dict[str, list[Any]] = {
    "area": [61.5, 8.0, 70, None, -33.5, 0.0],
    "lot": [420, 1.0, 0.5, 1e6],
    "rooms": [1, 2, 3, 4.0, None, 0, -2],
    "zone": ["A", "B", "C", "D", None, ""],
    "heating": ["gas", "oil"],
    "pool": [True, False, None],
    "sold": ["2010-05-31T12:00:00Z", "1999-12-31", None, "2020-02-29T23:59:59.5+02:00"],
    "built": [1987, 1900, None, 2009, 2008],
    "unread": [None, 10.25, -181, 5, 1e100],
    "seen": ["2020-01-01"],
}

ODD: list[Any] = [
    "12.5", "abc", "", "NA", True, False, 0, 1, -1, 2.5, float("nan"), float("inf"), -1e308, 1e308, 10**400, [], {},
    "yes", "2024-01-01", "A", "moon", None, b"x", 20.0, "inf", "\ud800",
]  # fmt: skip

PIPELINES = {
    "linear": CompiledPipeline(make_program(), SCHEMA),
    "classifier": CompiledPipeline(make_classifier(), SCHEMA),
    "plain": CompiledPipeline(make_plain(), SCHEMA),
}
NAMES = list(SCHEMA.names)

usual_rows = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in USUAL.items()})
odd_rows = st.builds(
    lambda row, changes: row | changes,
    usual_rows,
    st.dictionaries(st.sampled_from(NAMES), st.sampled_from(ODD), max_size=2),
)


def assert_same(first, second):
    """Two answers are equal, numbers but for the order in which a sum was added up."""
    assert first.keys() == second.keys()
    assert first["errors"] == second["errors"]
    for key in ("predictions", "probabilities"):
        for one, other in zip(first.get(key, []), second.get(key, []), strict=True):
            if isinstance(one, float | list):
                assert one == pytest.approx(other, rel=1e-12, abs=1e-12)
            else:
                assert one == other


def split(answer):
    """Take the answer for several rows apart."""
    for position in range(len(answer["predictions"])):
        one = {key: [answer[key][position]] for key in ("predictions", "probabilities") if key in answer}
        one["errors"] = {0: answer["errors"][position]} if position in answer["errors"] else {}
        yield one | ({"classes": answer["classes"]} if "classes" in answer else {})


@pytest.mark.parametrize("name", PIPELINES)
@given(rows=st.lists(st.one_of(usual_rows, odd_rows), min_size=1, max_size=8))
@settings(max_examples=80, deadline=None)
def test_all_ways_of_asking_answer_alike(name, rows):
    pipeline = PIPELINES[name]
    together = list(split(pipeline.predict_rows(rows)))
    columns = {feature: [row[feature] for row in rows] for feature in NAMES}
    by_column = list(split(pipeline.predict_columns(columns, len(rows))))
    for row, one, other in zip(rows, together, by_column, strict=True):
        closely = pipeline._predict_closely(row)
        assert_same(pipeline.predict_row(row), closely)
        assert_same(one, closely)
        assert_same(other, closely)


@pytest.mark.parametrize("name", PIPELINES)
@given(rows=st.lists(odd_rows, min_size=1, max_size=8))
@settings(max_examples=100, deadline=None)
def test_errors_are_those_of_the_exact_check(name, rows):
    answer = PIPELINES[name].predict_rows(rows)
    for position, row in enumerate(rows):
        expected = [error.to_json() for error in check_row(row, SCHEMA)[1]]
        found = answer["errors"].get(position, [])
        assert (found if expected or not found or found[0]["field"] else []) == expected


@given(row=usual_rows)
@settings(max_examples=100, deadline=None)
@pytest.mark.parametrize("name", PIPELINES)
def test_usual_rows_take_the_short_way(name, row):
    pipeline = PIPELINES[name]
    expected = pipeline._predict_closely(row)
    if not expected["errors"]:
        pipeline._quick(row)  # would raise


def test_the_plain_program_takes_the_short_way_for_many_rows():
    assert PIPELINES["plain"]._batches is not None
    assert PIPELINES["linear"]._batches is None


def test_a_row_that_an_operation_has_no_result_for_costs_no_other():
    late = GOOD_ROW | {"built": 2011}  # sold a year before it was built: the logarithm of 1 + -1
    answer = PIPELINES["linear"].predict_rows([GOOD_ROW, late, GOOD_ROW])
    assert answer["predictions"][0] == answer["predictions"][2] is not None
    assert answer["predictions"][1] is None
    assert [error["reason"] for error in answer["errors"][1]] == ["prediction_failed"]


@pytest.mark.parametrize("row", [None, 3, "text", [GOOD_ROW], [("area", 1)]])
def test_what_is_no_row_is_refused_under_its_position(row):
    answer = PIPELINES["classifier"].predict_rows([GOOD_ROW, row])
    assert answer["errors"][1] == PIPELINES["classifier"].predict_row(row)["errors"][0]
    assert answer["errors"][1][0]["reason"] == "not_an_object"
    assert answer["probabilities"][1] is None
    assert answer["probabilities"][0] == pytest.approx(
        PIPELINES["classifier"].predict_row(GOOD_ROW)["probabilities"][0]
    )


def test_a_row_that_lacks_features_is_refused_with_a_hint():
    row = {name: value for name, value in GOOD_ROW.items() if name != "zone"} | {"Zone": "A"}
    for answer in (PIPELINES["linear"].predict_row(row), PIPELINES["linear"].predict_rows([row])):
        assert [error["reason"] for error in answer["errors"][0]] == ["required"]
        assert "'Zone' was sent" in answer["errors"][0][0]["message"]


def test_many_rows_that_lack_features_are_refused_without_long_searches(monkeypatch):
    compared = []
    compare = field_errors.difflib.get_close_matches
    monkeypatch.setattr(
        field_errors.difflib,
        "get_close_matches",
        lambda *args, **options: compared.append(1) or compare(*args, **options),
    )
    same = [{f"heatimg {letter}": 1 for letter in "abcdefghijklmnopqrst"}] * 750
    different = [{f"heatimg {number}{letter}": 1 for letter in "abcdefghijklmnopqrst"} for number in range(750)]
    for rows, n_searches in [(same, len(SCHEMA.names)), (different, field_errors.MOST_PAIRS_COMPARED // 20)]:
        answer = PIPELINES["linear"].predict_rows(rows)
        assert [len(errors) for errors in answer["errors"].values()] == [len(SCHEMA.names)] * 750
        assert len(compared) == n_searches
        compared.clear()


def test_any_mapping_is_a_row():
    expected = PIPELINES["linear"].predict_row(GOOD_ROW)
    assert PIPELINES["linear"].predict_row(UserDict(GOOD_ROW)) == expected
    assert_same(PIPELINES["linear"].predict_rows([UserDict(GOOD_ROW)]), expected)


def test_columns_may_be_arrays_and_coded_texts():
    expected = PIPELINES["linear"].predict_rows([GOOD_ROW, GOOD_ROW | {"area": None, "zone": None, "sold": None}])
    columns = {
        "area": np.array([61.5, np.nan]),
        "lot": np.array([420, 420]),
        "rooms": np.array([2.0, 2.0]),
        "zone": Texts(np.array([1, -1]), ["unused", "A"]),
        "heating": np.array(["gas", "gas"], dtype=object),
        "pool": np.array([True, True]),
        "sold": np.array(["2010-05-31T12:00:00", "NaT"], dtype="datetime64[ns]"),
        "built": (1987, 1987),
        "unread": [10.25, 10.25],
        "seen": ["2020-01-01", "2020-01-01"],
    }
    assert_same(PIPELINES["linear"].predict_columns(columns, 2), expected)
    predictions, probabilities, errors = PIPELINES["linear"].predict_arrays(columns, 2)
    assert predictions.tolist() == expected["predictions"]
    assert probabilities is None
    assert errors == {}


def test_refused_rows_are_missing_in_arrays():
    columns = {name: [GOOD_ROW[name], []] for name in NAMES}
    predictions, _, errors = PIPELINES["linear"].predict_arrays(columns, 2)
    assert not math.isnan(predictions[0])
    assert math.isnan(predictions[1])
    assert list(errors) == [1]
    labels, probabilities, _ = PIPELINES["classifier"].predict_arrays(columns, 2)
    assert labels[1] is None
    assert np.isnan(probabilities[1]).all()


def test_an_absent_column_is_an_error_of_each_row():
    columns = {name: [GOOD_ROW[name]] * 3 for name in NAMES if name != "lot"}
    answer = PIPELINES["linear"].predict_columns(columns, 3)
    assert [[error["reason"] for error in found] for found in answer["errors"].values()] == [["required"]] * 3


@pytest.mark.parametrize("name", PIPELINES)
def test_no_rows_are_no_predictions(name):
    for answer in (PIPELINES[name].predict_rows([]), PIPELINES[name].predict_columns({n: [] for n in NAMES}, 0)):
        assert (answer["predictions"], answer["errors"]) == ([], {})


@pytest.mark.parametrize("name", ["area", "zone"])
@pytest.mark.parametrize("n_values", [1, 3])
def test_columns_of_another_length_are_refused(name, n_values):
    columns = {feature: [GOOD_ROW[feature]] * 2 for feature in NAMES} | {name: [GOOD_ROW[name]] * n_values}
    for ask in (PIPELINES["plain"].predict_columns, PIPELINES["plain"].predict_arrays):
        with pytest.raises(InputDataError, match=f"column '{name}' has {n_values} values, not 2"):
            ask(columns, 2)


class Zone(enum.StrEnum):
    A = "A"
    OTHER = "elsewhere"


@pytest.mark.parametrize("name", PIPELINES)
@pytest.mark.parametrize(
    "changes",
    [{"zone": zone} for zone in (np.str_("A"), np.str_("elsewhere"), np.str_(""), Zone.A, Zone.OTHER)]
    + [{"heating": np.str_("moon")}]
    + [{"pool": pool} for pool in (complex(1), Fraction(1), Decimal(1), Decimal(2), np.bool_(True), 1.0, -0.0, 2)],
)
def test_values_of_unusual_types_are_answered_alike(name, changes):
    pipeline, row = PIPELINES[name], GOOD_ROW | changes
    closely = pipeline._predict_closely(row)
    assert_same(pipeline.predict_row(row), closely)
    assert_same(pipeline.predict_rows([row]), closely)
    assert_same(pipeline.predict_columns({feature: [row[feature]] for feature in NAMES}, 1), closely)


def make_scaler(coefficients, scale, *more):
    """Return a pipeline of two numbers and their difference, all three scaled, and none allowed to be infinite."""
    steps = [
        {"op": "shift_scale", "in": 0, "out": 2, "shift": 0.0, "scale": scale},
        {"op": "scale_shift", "in": 1, "out": 3, "shift": 0.0, "scale": 1 / scale},
        {"op": "difference", "in": [0, 1], "out": 4},
        {"op": "shift_scale", "in": 4, "out": 5, "shift": 1.0, "scale": scale},
        *more,
        {"op": "require", "in": [2, 3, 5], "missing": True, "infinite": True, "single_precision": False},
    ]
    model = {"kind": "linear", "link": "identity", "coefficients": [coefficients], "intercepts": [0.5]}
    content = make_content(inputs=["number", "number"], operations=steps, columns=[2, 3, 5], model=model)
    schema = Schema((Feature("a", "number", nullable=False), Feature("b", "integer", nullable=False)))
    return CompiledPipeline(Program(content), schema)


@pytest.mark.parametrize("coefficients", [[1.0, -2.0, 1.0], [0.0, 0.0, 0.0], [1e-3, 0.0, 1e-3], [0.0, 1e-300, 0.0]])
@pytest.mark.parametrize("scale", [0.5, 7.5, 1e-200, 1e200])
def test_what_overflows_before_the_model_has_no_result_in_any_way_of_asking(coefficients, scale):
    pipeline = make_scaler(coefficients, scale)
    extremes = (2.0, 1e120, -1e140, 1e149, 1.7e150, 1e200, -1e300, 1.5e308, sys.float_info.max, -sys.float_info.max)
    rows = [{"a": a, "b": b} for a in extremes for b in extremes]
    together = split(pipeline.predict_rows(rows))
    for row, one in zip(rows, together, strict=True):
        assert_same(pipeline.predict_row(row), one)
        assert_same(pipeline._predict_closely(row), one)
        assert_same(pipeline.predict_columns({name: [value] for name, value in row.items()}, 1), one)


_BIG, _NEGATIVE = ({"op": "scale_shift", "scale": scale, "shift": 0.0} for scale in (1e308, -1e308))
NEVER_A_RESULT = {
    "the logarithm of zero": [{"op": "is_missing", "in": 1, "out": 2}, {"op": "log", "in": 2, "out": 3}],
    "two infinite terms": [_BIG | {"in": 1, "out": 2}, _NEGATIVE | {"in": 1, "out": 3}],
}


@pytest.mark.parametrize("dtype", ["number", "boolean"])
@pytest.mark.parametrize("name", NEVER_A_RESULT)
def test_a_program_that_never_has_a_result_can_be_linked(name, dtype):
    filled = {"op": "fill_number", "in": 0, "out": 1, "value": 1.0}
    steps, columns = [filled, *NEVER_A_RESULT[name]], [2, 3]
    model = {"kind": "linear", "link": "identity", "coefficients": [[1e300, 1e300]], "intercepts": [0.5]}
    content = make_content(inputs=["number"], operations=steps, columns=columns, model=model)
    pipeline = CompiledPipeline(Program(content), Schema((Feature("a", dtype, nullable=True),)))
    for value in (1.0, None):
        closely = pipeline._predict_closely({"a": value})
        assert closely["predictions"] == [None]
        assert pipeline.predict_row({"a": value}) == closely
        assert pipeline.predict_rows([{"a": value}])["predictions"] == [None]


def test_a_long_chain_of_which_each_slot_is_read_is_linked_without_following_each_back():
    n_steps = 3000
    steps = [{"op": "shift_scale", "in": n, "out": n + 1, "shift": 0.0, "scale": 1.0} for n in range(n_steps)]
    model = {"kind": "linear", "link": "identity", "coefficients": [[1.0] * n_steps], "intercepts": [0.5]}
    content = make_content(inputs=["number"], operations=steps, columns=list(range(1, n_steps + 1)), model=model)
    pipeline = CompiledPipeline(Program(content), Schema((Feature("a", "number", nullable=False),)))
    assert find_number_part(0, pipeline.program.steps.operations, pipeline.program.steps.columns) is None
    assert find_number_part(0, pipeline.program.steps.operations[:64], [64]) is not None
    assert pipeline.predict_row({"a": 2.0})["predictions"] == [0.5 + 2.0 * n_steps]
    assert pipeline.predict_rows([{"a": 2.0}])["predictions"] == [0.5 + 2.0 * n_steps]


def test_texts_that_mean_unknown_are_missing_everywhere():
    schema = Schema(SCHEMA.features, missing_values=("?", "-999"))
    pipeline = CompiledPipeline(make_program(), schema)
    unknown = GOOD_ROW | {"area": None, "zone": None, "sold": None}
    for texts in ({"area": "?", "zone": "?", "sold": "?"}, {"area": -999, "zone": "-999", "sold": "-999"}):
        assert_same(pipeline.predict_row(GOOD_ROW | texts), pipeline.predict_row(unknown))
        assert_same(pipeline.predict_rows([GOOD_ROW | texts]), pipeline.predict_row(unknown))
    words = CompiledPipeline(make_program(), Schema(SCHEMA.features, missing_values=("20",)))
    assert_same(words.predict_row(GOOD_ROW | {"zone": "20"}), words.predict_row(GOOD_ROW | {"zone": None}))
    # The number 20 is not the text that means unknown.
    assert_same(words.predict_row(GOOD_ROW | {"zone": 20}), words._predict_closely(GOOD_ROW | {"zone": "C20"}))


def test_logarithmic_targets_fail_before_and_overflow_after_the_exponential():
    steep = {"kind": "linear", "link": "identity", "coefficients": [[1e300]], "intercepts": [0.0]}
    pipeline = CompiledPipeline(make_program(target="exp", columns=[16], model=steep), SCHEMA)
    answer = pipeline.predict_rows([GOOD_ROW, GOOD_ROW | {"rooms": int(1e30)}, GOOD_ROW | {"rooms": -2}])
    reasons = {row: [error["reason"] for error in found] for row, found in answer["errors"].items()}
    assert reasons == {0: ["prediction_not_finite"], 1: ["prediction_failed"]}
    assert answer["predictions"] == [None, None, 0.0]
    for row, one in zip([2, int(1e30), -2], split(answer), strict=True):
        assert pipeline.predict_row(GOOD_ROW | {"rooms": row}) == one


def test_explanations_add_up_to_predictions():
    program = make_plain()
    n_columns = len(program.content["columns"])
    shares = [[[position % len(SCHEMA), 1.0]] for position in range(n_columns)]
    explanation = {"shares": shares, "reference": [0.0] * n_columns}
    pipeline = CompiledPipeline(Program(program.content | {"explanation": explanation}, program.arrays), SCHEMA)
    rows = [GOOD_ROW, {}, GOOD_ROW | {"area": None}]
    predictions = pipeline.predict_rows(rows)["predictions"]
    first, refused, last = pipeline.explain_rows(rows, predictions)
    assert refused is None
    for explained, prediction in ((first, predictions[0]), (last, predictions[2])):
        assert list(explained["contributions"]) == NAMES
        assert explained["base"] + sum(explained["contributions"].values()) == pytest.approx(prediction)


def test_a_row_that_has_no_result_has_no_explanation():
    n_columns = len(_COLUMNS)
    explanation = {"shares": [[[0, 1.0]]] * n_columns, "reference": [0.0] * n_columns}
    pipeline = CompiledPipeline(make_program(explanation=explanation), SCHEMA)
    late = GOOD_ROW | {"built": 2011}
    first, second, last = pipeline.explain_rows([GOOD_ROW, late, {}], [1.0, 1.0, 1.0])
    assert first is not None
    assert second is last is None
    assert pipeline.explain_rows([late], [1.0]) == [None]
    assert pipeline.explain_rows([], []) == []


def test_without_an_explanation_none_is_given():
    with pytest.raises(ExplanationError, match="can't be explained"):
        PIPELINES["linear"].explain_rows([GOOD_ROW], [1.0])


def test_many_threads_may_ask_at_once():
    pipeline, wrong = PIPELINES["linear"], []
    rows = [GOOD_ROW | {"area": float(area)} for area in range(50)]
    expected = [pipeline.predict_row(row) for row in rows]

    def ask():
        if [pipeline.predict_row(row) for row in rows * 10] != expected * 10:
            wrong.append(threading.get_ident())

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_what_is_asked_is_not_changed():
    row, columns = dict(GOOD_ROW), {name: np.array([GOOD_ROW[name]] * 2, dtype=object) for name in NAMES}
    columns["area"] = np.array([61.5, np.nan])
    columns["sold"] = np.array([datetime(2010, 5, 31), None], dtype="datetime64[us]")
    before = {name: column.copy() for name, column in columns.items()}
    PIPELINES["linear"].predict_row(row)
    PIPELINES["linear"].predict_columns(columns, 2)
    assert row == GOOD_ROW
    for name, column in columns.items():
        np.testing.assert_array_equal(column, before[name])


def test_the_schema_has_to_be_that_of_the_program():
    with pytest.raises(ArtifactIntegrityError, match="other inputs than the schema has features"):
        CompiledPipeline(make_program(), Schema((Feature("area", "number", nullable=True),)))
