"""One suite over every format: what is written can be read back to the last bit."""

from __future__ import annotations

import csv
import datetime
import io
import json

import pyarrow as pa
import pytest
from pyarrow import parquet

from regression_model.errors import InputDataError
from regression_model.predict import Place
from regression_model.predict.writers import Answers, Layout, open_writer

TENTH = 0.1 + 0.2  # has no short decimal form


def write(fmt, layout, *chunks):
    stream = io.BytesIO()
    with open_writer(stream, Place(fmt), layout) as writer:
        for chunk in chunks:
            writer.write(chunk)
    return stream.getvalue()


def read_back(fmt, content):
    if fmt == "csv":
        rows = list(csv.reader(io.StringIO(content.decode())))
        return [[None if cell == "" else cell for cell in row] for row in rows]
    if fmt == "ndjson":
        documents = [json.loads(line) for line in content.decode().splitlines()]
        return [list(documents[0]), *(list(document.values()) for document in documents)]
    table = parquet.read_table(io.BytesIO(content))
    return [table.column_names, *(list(row.values()) for row in table.to_pylist())]


@pytest.fixture(params=["csv", "ndjson", "parquet"])
def fmt(request):
    return request.param


def test_a_regression_reads_back_to_the_last_bit_over_several_chunks(fmt):
    first = Answers(1, [TENTH, None], [None, None], [{}, {}])
    second = Answers(3, [1e-300], [None], [{}])

    header, *rows = read_back(fmt, write(fmt, Layout(), first, second))

    assert header == ["row", "prediction"]
    assert [int(row[0]) for row in rows] == [1, 2, 3]
    assert [row[1] if row[1] is None else float(row[1]) for row in rows] == [TENTH, None, 1e-300]


def test_a_classification_has_a_column_for_each_probability(fmt):
    answers = Answers(1, ["no", None], [[TENTH, 1 - TENTH], None], [{}, {}])

    header, first, second = read_back(fmt, write(fmt, Layout(("no", "yes")), answers))

    assert header == ["row", "prediction", "probability_no", "probability_yes"]
    assert first[1] == "no"
    assert [float(share) for share in first[2:]] == [TENTH, 1 - TENTH]
    assert second[1:] == [None, None, None]


def test_columns_are_copied_behind_the_computed_ones(fmt):
    layout = Layout(copied=("Id", "note"))
    inputs = [{"Id": "001", "note": 'a "quoted", and\nbroken \ud800 line'}, {}]
    content = write(fmt, layout, Answers(1, [1.0, 2.0], [None, None], inputs))
    header, first, *_ = read_back(fmt, content)
    assert header == ["row", "prediction", "Id", "note"]
    assert first[2] == "001"
    assert first[3].startswith('a "quoted", and\nbroken ')


def test_no_rows_are_a_file_all_the_same(fmt):
    content = write(fmt, Layout())
    if fmt == "ndjson":
        assert content == b""
    else:
        assert read_back(fmt, content) == [["row", "prediction"]]


def test_copied_values_of_other_types_become_text_in_csv():
    inputs = [{"a": [1, None], "b": True, "c": datetime.date(2024, 5, 31), "d": 1.5}]
    content = write("csv", Layout(copied=("a", "b", "c", "d")), Answers(1, [1.0], [None], inputs))
    assert read_back("csv", content)[1][2:] == ["[1, null]", "true", "2024-05-31", "1.5"]


def test_ndjson_stays_json_whatever_is_copied():
    inputs = [{"a": float("nan"), "b": [float("inf")], "c": datetime.date(2024, 5, 31), "d": {"e": None}}]
    content = write("ndjson", Layout(copied=None), Answers(1, [1.0], [None], inputs))
    assert read_back("ndjson", content)[1][2:] == [None, [None], "2024-05-31", {"e": None}]


def test_parquet_keeps_the_types_of_a_parquet_input():
    layout = Layout(copied=("day", "free"), types={"day": pa.date32()})
    inputs = [{"day": datetime.date(2024, 5, 31), "free": {"x": 1}}]
    content = write("parquet", layout, Answers(1, [1.0], [None], inputs))
    assert read_back("parquet", content)[1][2:] == [datetime.date(2024, 5, 31), '{"x": 1}']


@pytest.mark.parametrize("name", ["row", "prediction", "probability_yes"])
def test_a_copy_under_the_name_of_a_computed_column_is_refused(name):
    layout = Layout(("no", "yes"), copied=None)
    with pytest.raises(InputDataError, match=f"the input has a column '{name}', and so has the output"):
        layout.check_copied(["a", name])
    with pytest.raises(InputDataError, match="so has the output"):
        write("ndjson", layout, Answers(1, ["no"], [[1.0, 0.0]], [{name: 1}]))


def test_formats_with_a_header_must_know_the_columns_to_copy():
    with pytest.raises(InputDataError, match="name those to copy"):
        write("csv", Layout(copied=None))
