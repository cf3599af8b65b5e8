from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from regression_model.errors import DataError
from regression_model.processing.datasets.json_table import parse_json, parse_ndjson

ROWS = pd.DataFrame({"a": [1, 2], "b": pd.Series(["x", None], dtype=object), "c": [0.5, np.nan]})


@pytest.mark.parametrize(
    "text",
    [
        '[{"a": 1, "b": "x", "c": 0.5}, {"a": 2, "b": null, "c": null}]',
        '[{"a": 1, "b": "x", "c": 0.5}, {"a": 2}]',
        '{"a": [1, 2], "b": ["x", null], "c": [0.5, null]}',
        '{"a": [1, 2], "b": ["x", null], "c": [0.5, NaN]}',
        '{"a": {"0": 1, "1": 2}, "b": {"0": "x", "1": null}, "c": {"0": 0.5, "1": null}}',
        '{"a": {"10": 2, "9": 1}, "b": {"9": "x", "10": null}, "c": {"10": null, "9": 0.5}}',
        '{"a": {"-1": 1, "0": 2}, "b": {"0": null, "-1": "x"}, "c": {"-1": 0.5, "0": null}}',
        '{"columns": ["a", "b", "c"], "data": [[1, "x", 0.5], [2, null, null]]}',
        '{"columns": ["a", "b", "c"], "index": [7, 3], "data": [[1, "x", 0.5], [2, null, null]]}',
    ],
)
def test_the_forms_of_a_table(text):
    assert_frame_equal(parse_json(text, "t.json"), ROWS)


@pytest.mark.parametrize("orient", ["records", "columns", "split"])
def test_what_pandas_writes(orient):
    # Twelve rows, so that "10" comes after "9" by number and before it by text.
    frame = pd.DataFrame({"a": range(12), "b": [None, "x"] * 6, "c": np.linspace(0, 1, 12)})
    frame["b"] = frame["b"].astype(object).where(frame["b"].notna(), None)

    assert_frame_equal(parse_json(frame.to_json(orient=orient), "t.json"), frame, check_exact=False)


def test_newline_delimited_rows():
    assert_frame_equal(
        parse_ndjson('{"a": 1, "b": "x\u2028", "c": 0.5}\r\n\n{"a": 2}\n', "t.ndjson"),
        ROWS.assign(b=pd.Series(["x\u2028", None], dtype=object)),
    )


def test_labels_that_are_no_numbers_keep_the_order_of_the_file():
    frame = parse_json('{"a": {"z": 1, "b": 2, "10": 3}, "c": {"10": 6, "b": 5, "z": 4}}', "t.json")

    assert frame.to_dict("list") == {"a": [1, 2, 3], "c": [4, 5, 6]}


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        ("[1, 2]", "int64", [1, 2]),
        ("[1, 2.5]", "float64", [1.0, 2.5]),
        ("[true, false]", "bool", [True, False]),
        ("[true, null]", "object", [True, None]),
        ("[true, 1]", "object", [True, 1]),
        ('["1", 1]', "object", ["1", 1]),
        ("[null, null]", "object", [None, None]),
        (f"[{2**70}, 1]", "object", [2**70, 1]),
    ],
)
def test_types_of_columns(values, dtype, expected):
    column = parse_json(f'{{"a": {values}}}', "t.json")["a"]

    assert str(column.dtype) == dtype
    assert [type(value) for value in column.tolist()] == [type(value) for value in expected]
    assert column.tolist() == expected


def test_columns_may_be_named_columns_and_data():
    frame = parse_json('{"columns": [1, 2], "data": [3, 4]}', "t.json")

    assert frame.to_dict("list") == {"columns": [1, 2], "data": [3, 4]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("{", r"t\.json: not JSON: .*line 1 column 2"),
        ("[[1, 2], [3, 4]]", "row 0 is a list; expected a list of row objects"),
        ('[{"a": 1}, null]', "row 1 is null"),
        ("{}", "expected a list of row objects"),
        ("5", "expected a list of row objects"),
        ('{"a": 1}', "expected a list of row objects"),
        ('{"a": [1], "b": {"0": 1}}', "expected a list of row objects"),
        ('{"a": [1, 2], "b": [1]}', "column 'b' has 1 values, column 'a' has 2"),
        ('{"a": {"0": 1, "1": 2}, "b": {"0": 1}}', "column 'b' has no row '1', column 'a' has one"),
        ('{"a": {"0": 1}, "b": {"0": 1, "1": 2}}', "column 'a' has no row '1', column 'b' has one"),
        ('{"a": [1, [2]]}', "row 1, column 'a': a list can't be a cell"),
        ('[{"a": {"b": 1}}]', "row 0, column 'a': an object can't be a cell"),
        ('[{"a": 1, "b": 2, "a": 3}]', "the key 'a' occurs twice in one object"),
        ('{"a": [1, Infinity]}', "Infinity is not a number"),
        ('{"columns": ["a", "b"], "data": [[1]]}', "row 0 has 1 cells, 'columns' has 2"),
        ('{"columns": ["a", 5], "data": [[1, 2]]}', "'columns' must be a list of texts"),
        ('{"columns": ["a", "a"], "data": [[1, 2]]}', "the column 'a' occurs twice"),
        ("[" * 100_000, "can't be read"),
        (f'{{"a": [{"9" * 5000}]}}', "can't be read"),
    ],
)
def test_what_is_no_table(text, message):
    with pytest.raises(DataError, match=message):
        parse_json(text, "t.json")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1}\n\n{"a": \n', "line 3: not JSON"),
        ('{"a": 1}\n[1]\n', "line 2: expected one row object per line, found a list"),
        ('{"a": 1}\n{"a": [1]}\n', "row 1, column 'a': a list can't be a cell"),
    ],
)
def test_lines_that_are_no_rows(text, message):
    with pytest.raises(DataError, match=message):
        parse_ndjson(text, "t.ndjson")
