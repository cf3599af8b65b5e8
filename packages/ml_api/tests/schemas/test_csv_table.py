from __future__ import annotations

import csv
import io
import time

import pytest

from ml_api.errors import DocumentError, RefusedRow, TooManyColumnsError, TooManyRowsError
from ml_api.schemas import read_csv_rows, write_csv_answer, write_csv_rows


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        (b"a,b\n1,x\n", [{"a": "1", "b": "x"}]),
        (b"a,b\r\n1,x\r\n\r\n2,\r\n", [{"a": "1", "b": "x"}, {"a": "2", "b": ""}]),
        (b"\xef\xbb\xbfa\n1", [{"a": "1"}]),
        (b'a,b\n"1,5","say ""x""\nand y"\n', [{"a": "1,5", "b": 'say "x"\nand y'}]),
        ("a\nŒ\n".encode(), [{"a": "Œ"}]),
    ],
)
def test_a_table_is_read_as_text(body, rows):
    assert read_csv_rows(body, max_rows=5, max_columns=5) == rows


def test_a_row_with_another_number_of_cells_is_refused_in_its_place():
    first, second, third = read_csv_rows(b"a,b\n1,2\n1\n1,2\n", max_rows=5, max_columns=5)
    assert first == third == {"a": "1", "b": "2"}
    assert isinstance(second, RefusedRow)
    assert second.reason == "wrong_cell_count"
    assert second.message == "the row has 1 cells, expected 2 cells, as in the header"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "The body is empty"),
        (b"\n\n", "The body is empty"),
        (b"a,b\n", "no rows"),
        (b"a,a\n1,2\n", "same column twice"),
        (b"a\n\xff\n", "not encoded in UTF-8: see byte 2"),
        (b"a\n\x00\n", "NUL"),
        ("a\n1\n".encode("utf-16"), "not encoded in UTF-8"),
        (b'a\n1\n"canary\n', "the record that begins in line 3"),
        (b'a\n"x"y\n', "the record that begins in line 2"),
    ],
)
def test_everything_else_is_refused(body, message):
    with pytest.raises(DocumentError, match=message) as caught:
        read_csv_rows(body, max_rows=5, max_columns=5)
    assert "canary" not in str(caught.value)


def test_the_number_of_rows_is_limited():
    assert len(read_csv_rows(b"a\n" + b"1\n" * 5, max_rows=5, max_columns=5)) == 5
    with pytest.raises(TooManyRowsError, match="more than 5 rows"):
        read_csv_rows(b"a\n" + b"1\n" * 6, max_rows=5, max_columns=5)


def test_columns_are_counted_at_the_header_before_there_is_a_row():
    body = b",".join(b"c%d" % number for number in range(6)) + b"\n" + b"1,2,3,4,5,6\n" * 3 + b'"canary'
    with pytest.raises(TooManyColumnsError, match="The header has 6 columns; at most 5 are allowed") as caught:
        read_csv_rows(body, max_rows=2, max_columns=5)
    assert caught.value.details == {"columns": 6, "max_columns": 5}


def test_what_is_written_is_read_back():
    rows = [{"a": 'x,"y"\n', "b": None}, {"a": 1.5, "b": True}]
    assert read_csv_rows(write_csv_rows(rows).encode(), max_rows=5, max_columns=5) == [
        {"a": 'x,"y"\n', "b": ""},
        {"a": "1.5", "b": "True"},
    ]


def test_an_answer_of_a_classification_has_a_column_per_class():
    answer = {
        "predictions": ["Y", None],
        "errors": {"1": [{"field": "a", "reason": "r", "message": "m", "expected": "e"}]},
        "classes": ["N", "Y"],
        "probabilities": [[0.25, 0.75], None],
    }
    assert list(csv.reader(io.StringIO(write_csv_answer(answer)))) == [
        ["row", "prediction", "probability_N", "probability_Y", "errors"],
        ["0", "Y", "0.25", "0.75", ""],
        ["1", "", "", "", '[{"field": "a", "reason": "r", "message": "m", "expected": "e"}]'],
    ]


def test_a_line_of_commas_is_refused_before_it_is_taken_apart():
    body = b"a" + b"," * 10_000_000 + b"\n1\n"
    started_s = time.process_time()
    with pytest.raises(TooManyColumnsError, match="Line 1 has more than 100000 commas"):
        read_csv_rows(body, max_rows=10, max_columns=10)
    assert time.process_time() - started_s < 0.15
    with pytest.raises(TooManyColumnsError, match="Line 3"):
        read_csv_rows(b"a\n1\n" + b"," * 200_000, max_rows=10, max_columns=10)
