from __future__ import annotations

import json

import numpy as np
import pytest

from regression_model.compiled import Program
from regression_model.compiled.array_files import write_arrays
from regression_model.errors import ArtifactIntegrityError


def make_content(**changes):
    content = {
        "format": 1,
        "inputs": ["number", "text"],
        "operations": [
            {"op": "lookup_key", "in": [1], "out": [2], "keys": [["a", "b"]], "values": "table"},
            {"op": "sum", "in": [0, 2], "out": 3},
        ],
        "columns": [3],
        "model": {"kind": "linear", "link": "identity", "coefficients": [[2.0]], "intercepts": [1.0]},
        "target": "identity",
        "classes": None,
        "explanation": None,
    }
    return content | changes


ARRAYS = {"table": np.array([[1.0], [2.0]])}


def test_files_hold_the_program():
    program = Program(make_content(), dict(ARRAYS), {"booster": "tree ß"})
    files = program.to_files("model_v1")
    assert list(files) == ["model_v1.compiled.json", "model_v1.compiled.npz", "model_v1.booster.txt"]
    again = Program.from_files(files)
    assert again.content == program.content
    assert again.texts == program.texts
    np.testing.assert_array_equal(again.arrays["table"], ARRAYS["table"])


def test_the_same_program_has_the_same_bytes():
    content = make_content()
    backwards = dict(reversed(content.items()))
    first = Program(content, {"table": ARRAYS["table"], "b": np.array([1, 2])}).to_files("m")
    second = Program(backwards, {"b": np.array([1, 2]), "table": np.asfortranarray(ARRAYS["table"])}).to_files("m")
    assert first == second


def test_without_arrays_there_is_one_file():
    content = make_content(operations=[], columns=[0])
    assert list(Program(content).to_files("m")) == ["m.compiled.json"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 2}, "has layout 2, this package reads 1"),
        ({"format": [1]}, "has layout"),
        ({"more": 1}, "missing or too many: 'more'"),
        ({"inputs": []}, "inputs that are not one or more"),
        ({"inputs": ["number", "code"]}, "inputs that are not one or more"),
        ({"inputs": [["number"], "text"]}, "inputs that are not one or more"),
        ({"inputs": ["text", "number"]}, "operation 0 .* has in 'keys' what is no finite number"),
        ({"operations": {}}, "operations that are no list"),
        ({"operations": [{"op": "log", "in": 0, "out": 1_000_000}]}, "slot 1000000, but has only 3 slots"),
        ({"columns": [1]}, "hands 1 to the model, which is no slot of numbers"),
        ({"columns": [99]}, "hands 99 to the model"),
        ({"columns": [True]}, "hands True to the model"),
        ({"columns": 3}, "columns that are no list"),
        ({"columns": []}, "one entry at least"),
        ({"target": "log"}, "target that is none of"),
        ({"target": ["exp"]}, "target that is none of"),
        ({"classes": ["a"]}, "classes"),
        ({"classes": ["a", "a"]}, "classes"),
        ({"classes": [["a"], "b"]}, "classes"),
        ({"model": []}, "model"),
        ({"model": {"kind": "pickle"}}, "kind"),
        ({"explanation": "x"}, "explanation"),
    ],
)
def test_a_document_that_is_not_as_it_has_to_be_is_refused(change, message):
    files = {"m.compiled.json": json.dumps(make_content(**change)).encode(), "m.compiled.npz": write_arrays(ARRAYS)}
    with pytest.raises(ArtifactIntegrityError, match=message):
        Program.from_files(files)


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b'{"format": NaN}', b"1" * 5000])
def test_what_is_no_document_is_refused(data):
    with pytest.raises(ArtifactIntegrityError, match="the compiled pipeline"):
        Program.from_files({"m.compiled.json": data})


def test_files_have_to_be_those_of_a_program():
    with pytest.raises(ArtifactIntegrityError, match=r"lacks its file \*.compiled.json"):
        Program.from_files({})
    with pytest.raises(ArtifactIntegrityError, match="m.joblib is no file of a compiled pipeline"):
        Program.from_files({"m.joblib": b""})
    with pytest.raises(ArtifactIntegrityError, match="booster that is no text"):
        Program.from_files({"m.compiled.json": json.dumps(make_content()).encode(), "m.booster.txt": b"\xff"})


def test_there_is_a_limit_to_what_a_document_can_ask_for():
    many = [{"op": "log", "in": 0, "out": slot} for slot in range(2, 20_003)]
    wide = [{"op": "one_hot", "in": 1, "out": list(range(2, 100_002)), "categories": list(map(str, range(100_000)))}]
    wide[0] |= {"missing": "zeros"}
    for operations, message in ((many, "has 20,001 operations"), (wide, "more than 100,000 slots")):
        with pytest.raises(ArtifactIntegrityError, match=message):
            Program.from_files({"m.compiled.json": json.dumps(make_content(operations=operations)).encode()})
