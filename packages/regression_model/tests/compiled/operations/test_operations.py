from __future__ import annotations

import math
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from regression_model.compiled.columns import Kind, RowFailure, Texts
from regression_model.compiled.operations import OPERATIONS, read_operation
from regression_model.compiled.operations.dates import _OF_ROW
from regression_model.errors import ArtifactIntegrityError
from regression_model.steps.adapted.date_parts import DateParts
from regression_model.transformers import LookupJoin, RowSeededSampleImputer

ARRAYS = {
    "numbers": np.array([1.5, 2.5, 40.0]),
    "counts": np.array([3, 4, 9]),
    "table": np.array([[1.0, np.nan], [2.0, 5.0], [3.0, 6.0]]),
    "means": np.array([[1.0, -3.0], [2.0, 5.0], [3.0, 6.0]]),
    "weights": np.array([1.0, 2.0, 1.0]),
    "places": np.array([[37.77, -122.42], [34.05, -118.24], [-33.9, 151.2]]),
}
# Each operation with its parameters, and what it reads.
DOCUMENTS: list[tuple[list[Kind], dict[str, Any]]] = [
    (["number"], {"op": "fill_number", "in": 0, "out": 1, "value": 2.5}),
    (["number"], {"op": "shift_scale", "in": 0, "out": 1, "shift": 0.1, "scale": 3.0}),
    (["number"], {"op": "scale_shift", "in": 0, "out": 1, "shift": 0.1, "scale": -3.0}),
    (["number"], {"op": "clip", "in": 0, "out": 1, "lower": -1.0, "upper": 100.0}),
    (["number"], {"op": "clip", "in": 0, "out": 1, "lower": None, "upper": None}),
    (["number"], {"op": "above", "in": 0, "out": 1, "threshold": 0.5}),
    (["number"], {"op": "log", "in": 0, "out": 1}),
    (["number"], {"op": "log1p", "in": 0, "out": 1}),
    *((["number"], {"op": "yeo_johnson", "in": 0, "out": 1, "power": power}) for power in (0.0, 2.0, 0.4, -1.5, 3.0)),
    ([], {"op": "constant", "out": 1, "kind": "number", "value": None}),
    ([], {"op": "constant", "out": 1, "kind": "text", "value": "B"}),
    ([], {"op": "constant", "out": 1, "kind": "text", "value": None}),
    ([], {"op": "constant", "out": 1, "kind": "date", "value": "2001-02-03T04:05:06"}),
    *(([kind], {"op": "is_missing", "in": 0, "out": 1}) for kind in ("number", "text", "date")),
    (["text"], {"op": "fill_text", "in": 0, "out": 1, "value": "B"}),
    (["text"], {"op": "restrict_text", "in": 0, "out": 1, "known": ["A", "B"], "other": "rare"}),
    (["text"], {"op": "restrict_text", "in": 0, "out": 1, "known": ["A"], "other": None}),
    (["text"], {"op": "map_text", "in": 0, "out": 1, "table": {"A": 1, "B": 2.5}, "unseen": "fail", "missing": -1.0}),
    (["text"], {"op": "map_text", "in": 0, "out": 1, "table": {}, "unseen": "missing", "missing": "fail"}),
    (["text"], {"op": "one_hot", "in": 0, "out": [1, 2], "categories": ["A", "C"], "missing": "fail"}),
    (["text"], {"op": "one_hot", "in": 0, "out": [1], "categories": ["A"], "missing": "zeros"}),
    (["text"], {"op": "one_hot", "in": 0, "out": [], "categories": [], "missing": "fail"}),
    *((["date"], {"op": "date_part", "in": 0, "out": 1, "part": part}) for part in _OF_ROW),
    (["number"] * 3, {"op": "sum", "in": [0, 1, 2], "out": 3}),
    (["number"] * 2, {"op": "sum", "in": [0, 1], "out": 3}),
    (["number"] * 3, {"op": "product", "in": [0, 1, 2], "out": 3}),
    (["number"] * 2, {"op": "difference", "in": [0, 1], "out": 3}),
    (["number"] * 2, {"op": "ratio", "in": [0, 1], "out": 3}),
    (["number", "text", "date", "number"], {"op": "draw", "in": 0, "out": 4, "kind": "number", "state": 2**64 - 3,
        "seeds": [1, 2, 3, 0], "values": "numbers", "cumulative_counts": "counts"}),
    (["text", "number"], {"op": "draw", "in": 0, "out": 4, "kind": "text", "state": 5, "seeds": [1, 0],
        "values": ["A", "B", "Z"], "cumulative_counts": "counts"}),
    (["text", "number"], {"op": "lookup_key", "in": [0, 1], "out": [2, 3], "keys": [["A", "A", "B"], [0.0, 2, 1.5]],
        "values": "table"}),
    (["number"] * 2, {"op": "lookup_nearest", "in": [0, 1], "out": [2, 3], "places": "places", "values": "table",
        "max_distance_km": 900.0}),
    (["number"] * 3, {"op": "first_known", "in": [0, 1, 2], "out": 3}),
    (["number"] * 2, {"op": "place_distances", "in": [0, 1], "out": [2, 3, 4, 5], "places": "places", "shrink": 0.8,
        "geographic": True, "unit": 111.2, "distances": True, "nearest": True}),
    (["number"] * 2, {"op": "place_distances", "in": [1, 0], "out": [2], "places": "places", "shrink": 1.0,
        "geographic": False, "unit": 1.0, "distances": False, "nearest": True}),
    (["number"] * 2, {"op": "neighbour_means", "in": [0, 1], "out": [2, 3, 4, 5], "places": "places",
        "values": "means", "counts": "weights", "k": [1, 3], "softening": 0.01, "shrink": 0.8, "geographic": True}),
    (["number"] * 2, {"op": "neighbour_means", "in": [0, 1], "out": [2, 3], "places": "places", "values": "means",
        "counts": "weights", "k": [40], "softening": None, "shrink": 1.0, "geographic": False}),
    (["number", "text", "date"], {"op": "require", "in": [0, 1, 2], "missing": True, "infinite": False,
        "single_precision": True}),
    (["number"], {"op": "require", "in": [0], "missing": False, "infinite": True, "single_precision": False}),
]  # fmt: skip

VALUES: dict[Kind, st.SearchStrategy[Any]] = {
    "number": st.one_of(
        st.floats(allow_infinity=True), st.sampled_from([0.0, -0.0, 1.5, 2.0, math.nan, 33.0, -118.0, 1e39, -1.0])
    ),
    "text": st.one_of(st.none(), st.sampled_from(["A", "B", "C", "rare", "Z"]), st.text(min_size=1, max_size=3)),
    "date": st.one_of(st.none(), st.datetimes(datetime(1678, 1, 1), datetime(2262, 1, 1))),
}


def read(kinds, document):
    return read_operation(document, "operation", dict(enumerate(kinds)), ARRAYS)


def as_column(kind, values):
    if kind == "number":
        return np.array(values, dtype=np.float64)
    if kind == "date":
        return np.array(values, dtype="datetime64[us]")
    texts = [*dict.fromkeys(text for text in values if text is not None), "in no row"]
    return Texts(np.array([-1 if text is None else texts.index(text) for text in values], dtype=np.int32), texts)


def as_values(column):
    values = column.to_list() if isinstance(column, Texts) else column.tolist()
    return [None if value is pd.NaT else value for value in values]


def test_every_operation_is_tried():
    assert {document["op"] for _, document in DOCUMENTS} == set(OPERATIONS)


@pytest.mark.parametrize(("kinds", "document"), DOCUMENTS, ids=lambda item: str(item)[:60])
@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_one_row_and_columns_agree(kinds, document, data):
    operation = read(kinds, document)
    rows = data.draw(st.lists(st.tuples(*(VALUES[kind] for kind in kinds)), min_size=1, max_size=6))
    failed = np.zeros(len(rows), dtype=bool)
    columns = [as_column(kind, list(values)) for kind, values in zip(kinds, zip(*rows, strict=True), strict=False)]
    read_columns = [columns[slot] for slot in operation.inputs]
    results = [as_values(column) for column in operation.apply_columns(read_columns, failed)]
    assert len(results) == len(operation.outputs) == len(operation.output_kinds)
    function = operation.row_function()
    for position, row in enumerate(rows):
        try:
            result = function(*[row[slot] for slot in operation.inputs])
        except RowFailure:
            assert operation.CAN_FAIL
            assert failed[position]
            continue
        assert not failed[position]
        for one, column in zip(result if operation.MANY else (result,), results, strict=True):
            if isinstance(one, float):
                # Logarithms and powers are NumPy's own in columns: the last bits may differ, and a power of a large
                # number multiplies what its logarithm lacks by as much as 1.6 * log(1e300).
                assert column[position] == pytest.approx(one, rel=2e-13, nan_ok=True)
            else:
                assert column[position] == one


def test_single_precision_ends_where_rounding_gives_infinity():
    operation = read(["number"], DOCUMENTS[-1][1] | {"infinite": False, "single_precision": True})
    largest = math.nextafter(2.0**128 - 2.0**103, 0.0)
    assert np.isfinite(np.float32(largest))
    failed = np.zeros(4, dtype=bool)
    operation.apply_columns([np.array([largest, math.nextafter(largest, math.inf), -1e39, math.inf])], failed)
    assert failed.tolist() == [False, True, True, False]


@pytest.mark.parametrize("part", _OF_ROW)
def test_date_parts_are_those_of_the_step(part):
    days = pd.date_range("1995-12-20", "2012-03-05", freq="1D").to_series(index=None) + pd.Timedelta("13h14m15.9s")
    frame = pd.DataFrame({"sold": [*days, pd.NaT]})
    expected = DateParts(["sold"], [part]).fit_transform(frame).iloc[:, 0].to_numpy()
    operation = read(["date"], {"op": "date_part", "in": 0, "out": 1, "part": part})
    dates = frame["sold"].to_numpy("datetime64[us]")
    (found,) = operation.apply_columns([dates], np.zeros(len(dates), dtype=bool))
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("power", [0.0, 0.7, 2.0, -1.2, 4.0])
def test_yeo_johnson_is_scipys(power):
    numbers = np.array([-3.0, -0.5, 0.0, 1e-9, 2.0, 1e5])
    operation = read(["number"], {"op": "yeo_johnson", "in": 0, "out": 1, "power": power})
    (found,) = operation.apply_columns([numbers], np.zeros(6, dtype=bool))
    np.testing.assert_allclose(found, stats.yeojohnson(numbers, lmbda=power), rtol=1e-14)


def test_draws_are_those_of_the_transformer():
    frame = pd.DataFrame(
        {
            "lot": [60.0, 80.0, None, 70.0, None, None],
            "zone": pd.Series(["A", None, "B", "A", "Ö", None], dtype=object),
            "sold": pd.to_datetime(
                ["2010-01-01", None, "1960-05-05T12:00:00.5", None, "2001-01-01", None], format="ISO8601"
            ),
        }
    )
    imputer = RowSeededSampleImputer(["lot"], ["zone", "sold", "lot"], seed=11).fit(frame)
    from regression_model.transformers.random_sample_imputer import _encode_text, _mix

    arrays = {"v": imputer.values_["lot"], "c": imputer.cumulative_counts_["lot"]}
    state = int(_mix(np.array([11 ^ _encode_text("lot")], dtype=np.uint64))[0])
    document = {"op": "draw", "in": 0, "out": 3, "kind": "number", "seeds": [1, 2, 0], "values": "v",
                "cumulative_counts": "c", "state": state}  # fmt: skip
    operation = read_operation(document, "draw", {0: "number", 1: "text", 2: "date"}, arrays)
    zones = as_column("text", [None if pd.isna(zone) else zone for zone in frame["zone"]])
    columns = [frame["lot"].to_numpy(), zones, frame["sold"].to_numpy("datetime64[us]"), frame["lot"].to_numpy()]
    (found,) = operation.apply_columns(columns, np.zeros(6, dtype=bool))
    np.testing.assert_array_equal(found, imputer.transform(frame)["lot"])


def test_nearest_places_are_those_of_the_transformer():
    generator = np.random.default_rng(0)
    table = pd.DataFrame(generator.uniform((-90, -180), (90, 180), (200, 2)), columns=["lat", "lon"])
    table = table.sort_values(["lat", "lon"], ignore_index=True).assign(value=np.arange(200.0))
    rows = pd.DataFrame(generator.uniform((-95, -190), (95, 370), (500, 2)), columns=["lat", "lon"])
    join = LookupJoin(["lat", "lon"], ["value"], table, by="nearest", max_distance_km=1500).fit(rows)
    arrays = {"p": table[["lat", "lon"]].to_numpy(), "v": table[["value"]].to_numpy()}
    document = {"op": "lookup_nearest", "in": [0, 1], "out": [2], "places": "p", "values": "v", "max_distance_km": 1500}
    operation = read_operation(document, "lookup", {0: "number", 1: "number"}, arrays)
    (found,) = operation.apply_columns([rows["lat"].to_numpy(), rows["lon"].to_numpy()], np.zeros(500, dtype=bool))
    np.testing.assert_array_equal(found, join.transform(rows)["value"])


@pytest.mark.parametrize(
    ("kinds", "document", "message"),
    [
        (["number"], [], "has to be an object, got list"),
        (["number"], {"op": "system", "in": 0, "out": 1}, "has no 'op' that is one of"),
        (["number"], {"op": ["log"], "in": 0, "out": 1}, "has no 'op' that is one of"),
        (["number"], {"op": "log", "in": 0}, "lacks 'out'"),
        (["number"], {"op": "log", "in": 0, "out": 1, "extra": 1}, "has entries that mean nothing: 'extra'"),
        (["number"], {"op": "log", "in": 1, "out": 2}, "reads 1, which is no slot that has been written before"),
        (["number"], {"op": "log", "in": True, "out": 2}, "reads True, which is no slot"),
        (["number"], {"op": "log", "in": 0, "out": 0}, "writes 0, which is no new slot"),
        (["number"], {"op": "log", "in": 0, "out": -1}, "writes -1, which is no new slot"),
        (["text"], {"op": "log", "in": 0, "out": 1}, "reads slot 0, which holds a text; expected a number"),
        (["number"], {"op": "fill_number", "in": 0, "out": 1, "value": "1"}, "in 'value' what is no finite number"),
        (["number"], {"op": "fill_number", "in": 0, "out": 1, "value": 10**400}, "in 'value' what is no finite number"),
        (["number"], {"op": "fill_number", "in": 0, "out": 1, "value": math.nan}, "in 'value' what is no finite"),
        (["number"], {"op": "shift_scale", "in": 0, "out": 1, "shift": 0, "scale": 0}, "divides by a 'scale' of 0"),
        (["number"] * 3, {"op": "ratio", "in": [0, 1, 2], "out": 3}, "reads 3 slots; expected 2"),
        (["number"], {"op": "sum", "in": [], "out": 3}, "no list of 1 or more slots"),
        (
            ["text"],
            {"op": "one_hot", "in": 0, "out": [1, 1], "categories": ["a", "b"], "missing": "fail"},
            "slot twice",
        ),
        (["text"], {"op": "one_hot", "in": 0, "out": [1], "categories": ["a", "b"], "missing": "fail"}, "for 1 slots"),
        (["text"], {"op": "map_text", "in": 0, "out": 1, "table": [], "unseen": 0, "missing": 0}, "is no object"),
        (["text"], {"op": "map_text", "in": 0, "out": 1, "table": {}, "unseen": "x", "missing": 0}, "no finite number"),
        (["date"], {"op": "date_part", "in": 0, "out": 1, "part": "nanosecond"}, "has no 'part' that is one of"),
        ([], {"op": "constant", "out": 0, "kind": "date", "value": "soon"}, "no date without zone"),
        ([], {"op": "constant", "out": 0, "kind": "date", "value": "2001-01-01T00:00Z"}, "no date without zone"),
    ],
)
def test_what_is_not_as_it_has_to_be_is_refused(kinds, document, message):
    with pytest.raises(ArtifactIntegrityError, match=message):
        read(kinds, document)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"values": "nothing"}, "names no array"),
        ({"values": "counts"}, "is int64 with 1 axes"),
        ({"values": "table"}, "2 axes"),
        ({"cumulative_counts": "falling"}, "do not rise from above 0"),
        ({"cumulative_counts": "short"}, "of different lengths: 3, 2"),
        ({"state": 2**64}, "no whole number from 0"),
        ({"state": 1.0}, "no whole number from 0"),
    ],
)
def test_a_draw_that_could_not_be_made_is_refused(change, message):
    arrays = ARRAYS | {"falling": np.array([3, 3, 4]), "short": np.array([1, 2])}
    document = {"op": "draw", "in": 0, "out": 1, "kind": "number", "state": 1, "seeds": [0], "values": "numbers",
                "cumulative_counts": "counts"} | change  # fmt: skip
    with pytest.raises(ArtifactIntegrityError, match=message):
        read_operation(document, "draw", {0: "number"}, arrays)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"in": [0]}, "no two coordinates, or no places"),
        ({"places": "far"}, "'places' that are too far away"),
        ({"places": "table"}, "'places' that are not finite"),
        ({"shrink": 0}, "'shrink' that is not in"),
        ({"values": "table"}, "'values' that are not finite"),
        ({"counts": "none"}, "'counts' below 1"),
        ({"counts": "two"}, "of different lengths: 3, 3, 2"),
        ({"k": []}, "no list of whole numbers from 1 to 10000"),
        ({"k": [1.5]}, "no list of whole numbers"),
        ({"k": [0]}, "no list of whole numbers"),
        ({"k": 3}, "no list of numbers"),
        ({"softening": 0}, "'softening' that is not above 0"),
        ({"out": [2]}, "slots and means of different lengths: 1, 2"),
    ],
)
def test_neighbours_that_could_not_be_found_are_refused(change, message):
    arrays = ARRAYS | {
        "far": np.array([[1e200, 0.0]]),
        "none": np.array([1.0, 0.0, 1.0]),
        "two": np.array([1.0, 1.0]),
    }
    document = {"op": "neighbour_means", "in": [0, 1], "out": [2, 3], "places": "places", "values": "means",
                "counts": "weights", "k": [2], "softening": None, "shrink": 1.0, "geographic": False}  # fmt: skip
    with pytest.raises(ArtifactIntegrityError, match=message):
        read_operation(document | change, "near", {0: "number", 1: "number"}, arrays)
