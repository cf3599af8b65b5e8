"""What pyarrow reads is what the csv module reads, or pyarrow does not get to read it."""

from __future__ import annotations

import csv
import gzip
import io

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from regression_model.compiled import Texts
from regression_model.compiled.column_parsing import ColumnParser
from regression_model.errors import InputDataError
from regression_model.predict.readers import csv_rows, text_blocks
from regression_model.predict.readers.csv_arrays import CsvArrays
from regression_model.predict.readers.csv_rows import CsvReader
from regression_model.predict.readers.text_blocks import TextBlocks
from regression_model.schema import Feature, Schema

pytest.importorskip("pyarrow", reason="is in the extra parquet")

SCHEMA = Schema(
    (
        Feature("number", "number", True, exclusive_minimum=-5.0),
        Feature("whole", "integer", False),
        Feature("truth", "boolean", True),
        Feature("when", "datetime", True),
        Feature("kind", "category", True, categories={"a": 0.5, "001": 0.5}, on_unseen="reject"),
        Feature("free", "category", False),
    ),
    missing_values=("?", "-999", "x y", 'say "no"'),
)
HEADER = ["free", "number", "other", "when", "whole", "kind", "truth"]
KEPT = ["other", "free", "number"]
PLAIN = [b"1", b"2.5", b"-3", b"001", b"", b"NA", b"a", b"true", b"2024-05-31", b"9007199254740993", b"1e5", b".5"]
NUMBERS = (
    "1_000 0x1 +5 +-5 inf -inf nan -nan NaN nan(1) infinity 1e999 -1e999 1e-999 4.9e-324 2.2250738585072011e-308 1e e5 "
    ". - --5 5. 1.2.3 1,5 0.1e+1 1E5 1e+05 00012 -0 -0.0 999999999999999999999999 1d5 1f ٣ ½ -999 -999.0 -9.99e2 "
    "0.1000000000000000055511151231257827 179769313486231570814527423731704356798070e267"
)
MARKERS = "null NULL nUlL None n/a N/A #N/A ? true T yes ä 日本 \ufeffx 2024-05-31T12:00:00Z"
SPACED = ["x y", " 7 ", " NA", "NA ", "\t7", "7\t", "\u00a07", "\u3000", " ", "   "]
ODD = [*NUMBERS.split(), *MARKERS.split(), *SPACED]
RAW = [
    *[text.encode() for text in ODD],
    b'"',
    b'""',
    b'"a"',
    b'"1"',
    b'"NA"',
    b'"say ""no"""',
    b'"a,b"',
    b'"1\n2"',
    b'"1\r\n2"',
    b'"1\r2"',
    b'5" pipe',
    b'"a"b',
    b' "a"',
    b'"a" ',
    b'""""',
    b'a""b',
    b"\xff",
    b"\0",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf1",
    b"1,2",
    b"1\r",
]

records = st.one_of(
    st.lists(st.sampled_from(PLAIN), min_size=7, max_size=7),
    st.lists(st.sampled_from(PLAIN), min_size=7, max_size=7),
    st.lists(st.one_of(st.sampled_from(PLAIN), st.sampled_from(RAW)), min_size=7, max_size=7),
    st.lists(st.sampled_from(PLAIN), min_size=0, max_size=9),
)
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=4)
written = st.lists(st.lists(st.one_of(st.sampled_from(ODD), texts), min_size=7, max_size=7))
floats = st.floats(allow_nan=False, allow_infinity=False)


@pytest.fixture(autouse=True, scope="module")
def _short_head():
    """The first lines are looked at for the delimiter, and would hide what is wrong with them later."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_rows, "_HEAD_LINES", 1)
        yield


def open_csv(content: bytes) -> CsvReader:
    return CsvReader(TextBlocks(io.BytesIO(content), "a.csv"))


def read(content: bytes, chunk_rows: int, *, as_arrays: bool):
    """Return all that is known of the rows: values, errors, copies, and what went wrong in the end."""
    parsed = {name: [] for name in SCHEMA.names}
    refused, inputs, fault = {}, [], None
    n_rows = n_good = 0
    try:
        reader = open_csv(content)
        parsed = {name: [] for name in SCHEMA.names if name in reader.columns}
        kept = [name for name in KEPT if name in reader.columns]
        for chunk in reader.read(SCHEMA, kept, chunk_rows, as_arrays=as_arrays):
            assert chunk.first_row == n_rows + 1
            assert 0 < chunk.n_rows <= chunk_rows
            for name, cells in chunk.rows.items():
                column, errors = ColumnParser(SCHEMA[name], SCHEMA.missing_values).parse(cells)
                values = column.to_list() if isinstance(column, Texts) else column.tolist()
                parsed[name] += [errors.get(row) or repr(value) for row, value in enumerate(values)]
            refused |= {n_rows + row: error for row, error in chunk.refused.items()}
            inputs += as_rows(chunk)
            n_rows, n_good = n_rows + chunk.n_rows, n_good + chunk.n_rows - len(chunk.refused)
            assert {len(values) for values in parsed.values()} == {n_good}
    except InputDataError as error:
        fault = str(error)
        # How many rows were read before it depends on where blocks end, which is nobody's concern.
        parsed = refused = inputs = n_rows = None
    return n_rows, parsed, refused, inputs, fault


def as_rows(chunk):
    if isinstance(chunk.inputs, list):
        return chunk.inputs
    return [dict(zip(chunk.inputs, row, strict=True)) for row in zip(*chunk.inputs.values(), strict=True)]


def check_same(content: bytes, chunk_rows: int) -> None:
    assert read(content, chunk_rows, as_arrays=True) == read(content, chunk_rows, as_arrays=False)


def count_parsed(monkeypatch) -> list[bool]:
    """Return a list that grows by whether pyarrow has read a block."""
    seen = []
    parse = CsvArrays.parse

    def parse_and_note(self, block, first_row):
        chunk = parse(self, block, first_row)
        seen.append(chunk is not None)
        return chunk

    monkeypatch.setattr(CsvArrays, "parse", parse_and_note)
    return seen


@settings(max_examples=400, deadline=None)
@given(
    rows=st.lists(records, max_size=12),
    delimiter=st.sampled_from([b",", b";", b"\t", b"|"]),
    line_end=st.sampled_from([b"\n", b"\n", b"\r\n", b"\r"]),
    chunk_rows=st.integers(1, 12),
    is_ended=st.booleans(),
)
@example([[b"1"] * 7, [b'"1\n2"'] * 7, [b"2"] * 7], b",", b"\n", 2, True)
def test_any_bytes_are_read_the_same(rows, delimiter, line_end, chunk_rows, is_ended):
    lines = [delimiter.join(cells) for cells in [[name.encode() for name in HEADER], *rows]]
    check_same(line_end.join(lines) + (line_end if is_ended else b""), chunk_rows)


@settings(max_examples=200, deadline=None)
@given(
    lines=st.lists(st.sampled_from([b"", b'""', b"a", b" ", b'"a\n"', b'"', b",", b"NA", b"\r"])),
    chunk_rows=st.integers(1, 9),
)
def test_a_single_column_is_read_the_same(lines, chunk_rows):
    check_same(b"\n".join([b"free", *lines]), chunk_rows)


@settings(max_examples=200, deadline=None)
@given(
    rows=written,
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    chunk_rows=st.integers(1, 9),
)
def test_whatever_is_written_properly_is_read_the_same(rows, quoting, line_end, chunk_rows):
    stream = io.StringIO(newline="")
    csv.writer(stream, quoting=quoting, lineterminator=line_end).writerows([HEADER, *rows])
    check_same(stream.getvalue().encode(), chunk_rows)


@settings(max_examples=100, deadline=None)
@given(values=st.lists(st.tuples(floats, st.sampled_from(["{!r}", "{:.3f}", "{:.20e}", "{:g}", " {!r}"])), min_size=1))
def test_a_number_is_the_same_to_the_last_bit(values):
    lines = [f",{form.format(value)},,,{value:.0f},," for value, form in values]
    check_same("\n".join([",".join(HEADER), *lines]).encode(), 50)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("cell", ["x", '"x"', '"x, ""y"""', '"two\nlines"', "ä", ""])
def test_usual_tables_are_read_by_arrow(monkeypatch, line_end, cell):
    seen = count_parsed(monkeypatch)
    row = f"{cell},1.5,{cell},2024-05-31,3,{cell},yes"
    content = line_end.join([",".join(HEADER), *[row] * 9, ""]).encode()
    check_same(content, 4)
    assert seen[:2] == [True, True]
    assert all(seen)


@pytest.mark.parametrize(
    "row",
    [
        "a,1,o,,2,a",  # a cell too few
        'a"b,1,o,,2,a,yes',
        ' "a",1,o,,2,a,yes',
        "\ufeffa,1,o,,2,a,yes",
        "a,1,o\0,,2,a,yes",
        f"{'a' * 131_073},1,o,,2,a,yes",  # one more than the csv module takes
        f'"{"a" * 65_000}\n{"a" * 66_073}",1,o,,2,a,yes',
    ],
)
def test_what_is_odd_is_left_to_the_csv_module(monkeypatch, row):
    seen = count_parsed(monkeypatch)
    good = "a,1,o,,2,a,yes"
    check_same("\n".join([",".join(HEADER), good, good, row, good, good]).encode(), 2)
    assert seen[:2] == [True, False]


@pytest.mark.parametrize("number", ["1_000", "inf", "-nan", "nan(7)", "1e999", " NA", "x"])
def test_a_number_that_arrow_does_not_know_is_read_as_text(number):
    content = ",".join(HEADER) + f"\na,1,o,,2,a,yes\na,{number},o,,3,a,yes\n"
    (chunk,) = open_csv(content.encode()).read(SCHEMA, [], 10, as_arrays=True)
    assert chunk.rows["number"].to_list() == ["1", number]
    check_same(content.encode(), 10)


def test_numbers_are_arrays_and_copies_are_verbatim():
    content = ",".join(HEADER) + "\na,1.50,o,,2,a,yes\nb,NA,,,,001,no\n"
    (chunk,) = open_csv(content.encode()).read(SCHEMA, ["kind", "other"], 10, as_arrays=True)
    np.testing.assert_array_equal(chunk.rows["number"], [1.5, np.nan])
    assert chunk.rows["kind"].to_list() == ["a", "001"]
    assert chunk.inputs == {"kind": ["a", "001"], "other": ["o", ""]}
    (chunk,) = open_csv(content.encode()).read(SCHEMA, ["number"], 10, as_arrays=True)
    assert chunk.inputs == {"number": ["1.50", "NA"]}


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("piece_bytes", [1, 7, 64])
def test_where_pieces_end_does_not_matter(monkeypatch, pack, piece_bytes):
    monkeypatch.setattr(text_blocks, "_PIECE_BYTES", piece_bytes)
    content = "\ufeff" + ",".join(HEADER) + '\r\na,1,"o\r\n2",,2,a,yes\r\n\r\nä,2,o,,3,a,no\r\na,5,o,,6,a,yes'
    for chunk_rows in (1, 2, 5):
        found = read(pack(content.encode()), chunk_rows, as_arrays=True)
        assert found == read(content.encode(), 10, as_arrays=False)
        assert found[0] == 3


def test_without_arrow_everything_is_read_all_the_same(monkeypatch):
    monkeypatch.setattr("regression_model.predict.readers.csv_rows.is_arrow_installed", lambda: False)
    (chunk,) = open_csv(",".join(HEADER).encode() + b"\na,1,o,,2,a,yes\n").read(SCHEMA, [], 10, as_arrays=True)
    assert chunk.rows["number"] == ["1"]
