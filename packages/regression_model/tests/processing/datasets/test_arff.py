from __future__ import annotations

import pytest

from regression_model.errors import DataError
from regression_model.processing.datasets.arff import parse_arff

HOUSES = r"""% Houses
%
@RELATION 'some houses'

@ATTRIBUTE Id INTEGER
@attribute 'living area' numeric
@Attribute	"it's" {a,'b c'}
@attribute MSZoning{C,RL}
@attribute 'don\'t' string
@attribute emp.var.rate REAL % rate

@DATA
% a comment
1,100.5,a,RL,?,-1.8

2, ? ,'b c',C,'a, \'b\' and \\',1e3
3,"7",'?',?,"say \"hi\"\n",?
"""


def test_reads_names_quotes_escapes_and_missing_values():
    frame = parse_arff(HOUSES, "t.arff")

    assert frame.to_dict("split")["columns"] == [
        "Id",
        "living area",
        "it's",
        "MSZoning",
        "don't",
        "emp.var.rate",
    ]
    assert frame.to_numpy().tolist() == [
        ["1", "100.5", "a", "RL", "", "-1.8"],
        ["2", "", "b c", "C", "a, 'b' and \\", "1e3"],
        ["3", "7", "?", "", 'say "hi"\n', ""],
    ]
    assert all(dtype.kind == "O" for dtype in frame.dtypes)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends(line_end):
    text = line_end.join(["@attribute a real", "@attribute b real", "@data", "1,2", "3,4"])

    assert parse_arff(text, "t.arff").to_dict("list") == {"a": ["1", "3"], "b": ["2", "4"]}


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        (r"'\u00e4',x", ["ä", "x"]),
        (r"'\%',x", ["%", "x"]),
        ("'',x", ["", "x"]),
        (",x", ["", "x"]),
        ("'a' , 'b'", ["a", "b"]),
        ("'a',", ["a", ""]),
        ("rock'n'roll,'x'", ["rock'n'roll", "x"]),
        ("two words,'x'", ["two words", "x"]),
    ],
)
def test_rows_with_quotes_and_gaps(row, cells):
    text = f"@attribute a string\n@attribute b string\n@data\n{row}\n"

    assert parse_arff(text, "t.arff").to_numpy().tolist() == [cells]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no @data line"),
        ("@attribute a real\n", "no @data line"),
        ("<html>\n", "line 1: expected @attribute or @data, found '<html>'"),
        ("@attribute a\n@data\n1\n", "line 1: expected '@attribute <name> <type>', found '@attribute a'"),
        ("@attribute 'a real\n@data\n1\n", "line 1: expected '@attribute"),
        ("@attribute a relational\n", "line 1: a relational attribute"),
        ("@attribute a real\n@data\n1,2\n", r"t\.arff, line 3: 2 cells, but the header has 1 attributes"),
        ("@attribute a real\n@data\n\n{0 1}\n", "line 4: a sparse row"),
        ("@attribute a string\n@data\n'x\n", "line 3: can't read cell 1; is a quote not closed"),
        ("@attribute a string\n@data\n'x' y\n", "line 3: can't read cell 1"),
    ],
)
def test_what_is_no_table(text, message):
    with pytest.raises(DataError, match=message):
        parse_arff(text, "t.arff")
