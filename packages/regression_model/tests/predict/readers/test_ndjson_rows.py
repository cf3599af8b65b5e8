from __future__ import annotations

import io
import json

import pytest

from regression_model.predict.readers.ndjson_rows import NdjsonReader
from regression_model.predict.readers.text_lines import TextLines
from regression_model.schema import Schema


def read(text: str, keep: tuple[str, ...] | None = None, chunk_rows: int = 10):
    reader = NdjsonReader(TextLines(io.BytesIO(text.encode()), "a.ndjson"))
    assert reader.columns is None
    return list(reader.read(Schema(()), keep, chunk_rows))


def test_rows_come_as_they_are_and_blank_lines_are_none():
    (chunk,) = read('{"a": 1, "b": [2]}\n\n  \n{"a": null}\n')
    assert chunk.rows == [{"a": 1, "b": [2]}, {"a": None}]
    assert chunk.inputs == chunk.rows
    assert chunk.refused == {}


def test_chunks_are_numbered_over_blank_lines():
    chunks = read('{"a": 1}\n\n{"a": 2}\n{"a": 3}\n', chunk_rows=2)
    assert [(chunk.first_row, chunk.n_rows) for chunk in chunks] == [(1, 2), (3, 1)]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"a": 1', "at character"),
        ("{'a': 1}", "at character 2"),
        ('{"a": 1, "a": 2}', "a key occurs twice"),
        ('{"a": 1, "b": {"c": ":", "c": 2}}', "a key occurs twice"),
        ('{"a": ' + "9" * 5000 + "}", "too many digits"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_a_line_that_is_no_json_is_refused_and_keeps_its_place(line, problem):
    (chunk,) = read(f'{{"a": 1}}\n{line}\n{{"a": 3}}\n')

    assert chunk.n_rows == 3
    assert chunk.rows == [{"a": 1}, {"a": 3}]
    assert chunk.refused[1].reason == "bad_json"
    assert problem in chunk.refused[1].message
    assert chunk.inputs[1] == {}


def test_json_that_is_no_object_is_left_to_the_validation():
    (chunk,) = read("[1]\n7\nnull\n")
    assert chunk.rows == [[1], 7, None]
    assert chunk.inputs == [{}, {}, {}]


def test_fields_to_keep_are_null_where_a_row_lacks_them():
    (chunk,) = read(json.dumps({"a": 1, "b": 2}) + "\n" + json.dumps({"a": 3}) + "\n", keep=("b",))
    assert chunk.inputs == [{"b": 2}, {"b": None}]
