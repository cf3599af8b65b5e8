from __future__ import annotations

import io

import pytest

from regression_model.errors import InputDataError
from regression_model.predict.readers.csv_rows import CsvReader
from regression_model.predict.readers.text_blocks import TextBlocks
from regression_model.schema import Feature, Schema


def open_csv(text: str) -> CsvReader:
    return CsvReader(TextBlocks(io.BytesIO(text.encode()), "a.csv"))


def schema(*names: str) -> Schema:
    return Schema(tuple(Feature(name, "category", True) for name in names))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_and_cells_stay_text(delimiter):
    reader = open_csv("a,b,c\n1,NA,\n001,x,2.50\n".replace(",", delimiter))
    (chunk,) = reader.read(schema("c", "a"), ["b"], 10)

    assert reader.columns == ["a", "b", "c"]
    assert chunk.rows == {"c": ["", "2.50"], "a": ["1", "001"]}
    assert chunk.inputs == [{"b": "NA"}, {"b": "x"}]


def test_rows_come_in_chunks_numbered_from_one():
    chunks = list(open_csv("a\n1\n2\n\n3\n4\n5\n").read(schema("a"), (), 2))
    # A blank line is no row, but it is one of the lines that are read at a time.
    assert [(chunk.first_row, chunk.n_rows) for chunk in chunks] == [(1, 2), (3, 1), (4, 2)]
    assert [cell for chunk in chunks for cell in chunk.rows["a"]] == ["1", "2", "3", "4", "5"]


def test_cells_may_hold_delimiters_quotes_and_line_ends():
    (chunk,) = open_csv('a,b\n"1\n2","x ""y"", z"\n3,4\n').read(schema("a", "b"), None, 10)
    assert chunk.inputs == [{"a": "1\n2", "b": 'x "y", z'}, {"a": "3", "b": "4"}]


def test_a_row_of_another_length_is_refused_and_keeps_its_place():
    (chunk,) = open_csv("a,b\n1,2\n3\n4,5,6\n7,8\n").read(schema("a"), None, 10)

    assert chunk.n_rows == 4
    assert sorted(chunk.refused) == [1, 2]
    assert chunk.refused[1].reason == "wrong_cell_count"
    assert chunk.refused[1].message == "the row has 1 cells, expected 2 cells, as in the header"
    assert chunk.rows["a"] == ["1", "7"]
    assert chunk.inputs == [{"a": "1", "b": "2"}, {}, {}, {"a": "7", "b": "8"}]


def test_a_header_alone_has_no_rows():
    assert list(open_csv("a,b\n").read(schema("a"), None, 10)) == []


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_a_file_without_header_is_refused(text):
    with pytest.raises(InputDataError, match="a.csv: empty; expected a header"):
        open_csv(text)


@pytest.mark.parametrize("text", ['a,b\n1,2\n3,"4\n5,6\n', 'a,b\n1,2\n3,"4"5\n'])
def test_a_broken_quote_is_fatal_because_no_one_knows_where_rows_begin(text):
    with pytest.raises(InputDataError, match="a.csv, line 3: .*is a quote not closed"):
        list(open_csv(text).read(schema("a"), None, 10))
