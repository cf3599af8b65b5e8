from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regression_model.compiled.column_parsing import ColumnParser
from regression_model.compiled.columns import Texts
from regression_model.schema import Feature, Schema, check_row, is_missing

FEATURES = [
    Feature("x", "number", nullable=True),
    Feature("x", "number", nullable=False, exclusive_minimum=1.0),
    Feature("x", "integer", nullable=True),
    Feature("x", "boolean", nullable=True),
    Feature("x", "boolean", nullable=False),
    Feature("x", "category", nullable=True),
    Feature("x", "category", nullable=False, on_unseen="reject", categories={"A": 0.9, "20": 0.1}),
    Feature("x", "datetime", nullable=True),
    Feature("x", "datetime", nullable=False),
]
CELLS = [
    None, "", "NA", " 12 ", "12.5", "1e400", "inf", "A", "20", "yes", "FALSE", "2024-05-31", "2024-05-31T10:00+02:00",
    "0001-01-01", "?", "\ud800", 0, 1, 2, -1, 20, 2.5, 20.0, True, False, float("nan"), float("inf"), 10**400, [], {},
    Decimal("1.5"), date(2020, 1, 2), datetime(2020, 1, 2, 3), datetime(2020, 1, 2, tzinfo=UTC), b"A", np.float64(2.0),
    np.int64(3), np.bool_(True), np.str_("A"), np.datetime64("2020-01-01"), np.datetime64("NaT"), object(),
]  # fmt: skip


def as_list(column):
    values = column.to_list() if isinstance(column, Texts) else column.tolist()
    return [None if is_missing(value) else value for value in values]


def check_each(feature, cells, missing_values):
    """What the exact check says of each cell."""
    values, errors = [], {}
    for position, cell in enumerate(cells):
        row, found = check_row({"x": cell}, Schema((feature,), missing_values))
        values.append(None if row is None or is_missing(row[0]) else row[0])
        if found:
            errors[position] = found[0]
    return values, errors


@pytest.mark.parametrize("missing_values", [(), ("?", "20", "2")])
@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: f"{feature.dtype} {feature.nullable}")
@given(cells=st.lists(st.sampled_from(CELLS), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_a_list_is_read_as_each_value_is(feature, missing_values, cells):
    expected, expected_errors = check_each(feature, cells, missing_values)
    column, errors = ColumnParser(feature, missing_values).parse(cells)
    assert errors == expected_errors
    found = [None if position in errors else value for position, value in enumerate(as_list(column))]
    assert found == expected


@pytest.mark.parametrize("missing_values", [(), ("?", "20", "2")])
@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: f"{feature.dtype} {feature.nullable}")
def test_coded_texts_are_read_as_each_text_is(feature, missing_values):
    texts = [cell for cell in CELLS if type(cell) is str and cell != "\ud800"]
    cells = [*texts, None, *texts]
    codes = np.array([texts.index(text) if text is not None else -1 for text in cells], dtype=np.int32)
    expected, expected_errors = check_each(feature, cells, missing_values)
    column, errors = ColumnParser(feature, missing_values).parse(Texts(codes, texts))
    assert errors == expected_errors
    found = [None if position in errors else value for position, value in enumerate(as_list(column))]
    assert found == expected


@pytest.mark.parametrize(
    ("dtype", "array", "expected", "refused"),
    [
        ("number", np.array([1, 2], dtype=np.int64), [1.0, 2.0], []),
        ("number", np.array([1.5, np.nan, np.inf], dtype=np.float32), [1.5, None], [2]),
        ("number", np.array([True, False]), [], [0, 1]),
        ("integer", np.array([1.0, 1.5, np.nan]), [1.0, None], [1]),
        ("boolean", np.array([True, False]), [1.0, 0.0], []),
        ("boolean", np.array([1.0, 0.0, 2.0, np.nan]), [1.0, 0.0, None], [2]),
        ("category", np.array([20, 30]), ["20", "30"], []),
        ("category", np.array(["A", None, ""], dtype=object), ["A", None, None], []),
        ("datetime", np.array(["2020-01-01", "NaT"], dtype="datetime64[D]"), [datetime(2020, 1, 1), None], []),
        ("datetime", np.array(["1500-01-01", "2020-01-01"], dtype="datetime64[s]"), [datetime(2020, 1, 1)], [0]),
        ("datetime", np.array([2**62, 50 * 365], dtype="datetime64[D]"), [datetime(2019, 12, 20)], [0]),
        ("datetime", np.array([2**62, -(2**62)], dtype="datetime64[s]"), [], [0, 1]),
    ],
)
def test_arrays_are_read_by_their_type(dtype, array, expected, refused):
    column, errors = ColumnParser(Feature("x", dtype, nullable=True), ()).parse(array)
    assert sorted(errors) == refused
    assert [value for position, value in enumerate(as_list(column)) if position not in errors] == expected
