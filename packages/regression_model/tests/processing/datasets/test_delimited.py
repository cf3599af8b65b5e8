from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regression_model.errors import DataError
from regression_model.processing.datasets.delimited import parse_delimited


def records(text):
    return parse_delimited(text, "t.csv").to_dict("records")


def test_all_cells_are_text_and_none_is_taken_for_missing():
    frame = parse_delimited("a,b,c,d\n1,NA,,None\n1.50,nan, x ,TRUE\n", "t.csv")

    assert frame.to_dict("list") == {
        "a": ["1", "1.50"],
        "b": ["NA", "nan"],
        "c": ["", " x "],
        "d": ["None", "TRUE"],
    }
    assert all(dtype.kind == "O" for dtype in frame.dtypes)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter, line_end):
    text = line_end.join(delimiter.join(row) for row in (["a", "b", "c"], ["1", "2", "3"]))

    assert records(text) == [{"a": "1", "b": "2", "c": "3"}]


def test_the_header_alone_tells_the_delimiter():
    assert records('"age";"pay"\n1;"1,5,6,7"\n') == [{"age": "1", "pay": "1,5,6,7"}]
    assert records('"age;of house",pay\n1,2\n') == [{"age;of house": "1", "pay": "2"}]
    assert records("a;b\n1;2\n") == [{"a": "1", "b": "2"}]


def test_one_column_needs_no_delimiter():
    assert records('a\n1\n""\n2\n') == [{"a": "1"}, {"a": ""}, {"a": "2"}]


def test_quoted_cells_hold_anything():
    assert records('a,b\n"x,y","say ""hi""\nthere"\n') == [{"a": "x,y", "b": 'say "hi"\nthere'}]


def test_blank_lines_are_skipped_and_the_last_line_end_is_optional():
    assert records("\n\na,b\n\n1,2\n\n\n3,4") == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a,b,c\n1,2,3\n1,2\n",
            r"t\.csv, line 3: 2 cells, but the header has 3 columns \(delimiter: comma\)",
        ),
        ("a;b\n1;2;3\n", r"line 2: 3 cells, but the header has 2 columns \(delimiter: semicolon\)"),
        ("a\n1,2\n", "line 2: 2 cells, but the header has 1 column "),
        # A record of several lines is named by its first; blank lines count.
        ('a,b\n"x\ny",1\n\n"z\nz"\n', "line 5: 1 cell, but the header has 2 columns"),
        ('a,b\n1,"2\n3,4\n', "line 2: unexpected end of data; is a quote not closed"),
        ('a,b\n1,2\n1,"x"y\n', "line 3: .*expected after.*not doubled"),
        ("", "the file is empty; expected a header"),
        ("\n\r\n", "the file is empty"),
    ],
)
def test_what_is_no_table(text, message):
    with pytest.raises(DataError, match=message):
        parse_delimited(text, "t.csv")


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=6)
)


@given(rows=tables, delimiter=st.sampled_from([",", ";", "\t", "|"]))
def test_what_was_written_is_read(rows, delimiter):
    names = [f"c{place}" for place in range(len(rows[0]))]
    stream = io.StringIO(newline="")
    # Only with two columns or more is there a delimiter in the header to be told.
    csv.writer(stream, delimiter=delimiter if len(names) > 1 else ",", quoting=csv.QUOTE_ALL).writerows([names, *rows])

    frame = parse_delimited(stream.getvalue(), "t.csv")

    assert list(frame.columns) == names
    assert frame.to_numpy().tolist() == rows
