from __future__ import annotations

import json
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml_api.errors import DocumentError
from ml_api.schemas import parse_document

DEPTH = 8


def _parse(body: bytes) -> object:
    return parse_document(body, max_nesting=DEPTH)


@pytest.mark.parametrize(
    ("body", "document"),
    [
        (b"{}", {}),
        (b' [1, 2.5, -3e2, "a", true, false, null]\n', [1, 2.5, -300.0, "a", True, False, None]),
        ('{"Straße": "Œ \U0001f3e0"}'.encode(), {"Straße": "Œ \U0001f3e0"}),
        (rb'"\ud83c\udfe0"', "\U0001f3e0"),
        (b"1e-400", 0.0),
        (str(2**63).encode(), 2**63),
        (b"1.7976931348623157e308", sys.float_info.max),
        (b"[" * DEPTH + b"]" * DEPTH, [[[[[[[[]]]]]]]]),
    ],
)
def test_strict_json_is_read(body, document):
    assert _parse(body) == document


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "The body is empty"),
        (b" \n", "The body is empty"),
        (b"{", "at line 1, column 2"),
        (b"[1,\n2,]", "at line 2, column"),  # which column depends on Python's version
        (b"{'a': 1}", "no JSON"),
        (b"{} {}", "Extra data at line 1, column 4"),
        (b"{}\x00", "Extra data"),
        (b"[01]", "no JSON"),
        (b"[+1]", "no JSON"),
        (b"[.5]", "no JSON"),
        (b'["a\nb"]', "Invalid control character"),
        (rb'["\x41"]', "no JSON"),
        (b"[NaN]", "NaN is no JSON number"),
        (b"[Infinity]", "Infinity is no JSON number"),
        (b"[-Infinity]", "-Infinity is no JSON number"),
        (b"[1e999]", "too large for a 64-bit float"),
        (b"[-1e400]", "too large for a 64-bit float"),
        (b"[" + b"9" * 400 + b"]", "too large for a 64-bit float"),
        (b"[" + b"9" * 100_000 + b"]", "too large for a 64-bit float"),
        (b'["\xff"]', "not encoded in UTF-8: see byte 2"),
        ('["é"]'.encode("latin-1"), "not encoded in UTF-8"),
        ("{}".encode("utf-16"), "not encoded in UTF-8"),
        (b"\xef\xbb\xbf{}", "BOM"),
        (b'["\xed\xa0\x80"]', "not encoded in UTF-8"),
        (rb'["\ud800"]', "surrogate"),
        (rb'{"\udc00": 1}', "surrogate"),
        (b'{"a": 1, "a": 1}', "same key twice"),
        (rb'[{"b": {"a": 1, "\u0061": 2}}]', "same key twice"),
        (b"[" * (DEPTH + 1) + b"]" * (DEPTH + 1), "nested too deeply: more than 8 levels"),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, "nested too deeply: more than 8 levels"),
        (b"[" * 100_000, "nested too deeply: more than 8 levels"),
    ],
)
def test_everything_else_is_refused(body, message):
    with pytest.raises(DocumentError, match=message):
        _parse(body)


def test_a_message_never_repeats_the_body():
    with pytest.raises(DocumentError) as caught:
        _parse(b'{"canary": canary}')
    assert "canary" not in str(caught.value)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    # Halves of surrogate pairs can't be encoded.
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text("ab", max_size=3), children, max_size=4),
    max_leaves=20,
)


@given(VALUES)
@settings(max_examples=100, deadline=None)
def test_what_python_writes_is_read_back(value):
    assert parse_document(json.dumps(value).encode(), max_nesting=256) == value


@given(st.binary(max_size=60) | st.text('[]{}":,0123456789.eE+-\\u tfn\n', max_size=60).map(str.encode))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_refused(body):
    try:
        document = _parse(body)
    except DocumentError:
        return
    assert json.loads(body) == document


def test_far_more_lists_than_rows_hold_are_refused_before_they_are_read():
    with pytest.raises(DocumentError, match="more than 100000 lists"):
        parse_document(b"[" + b"[]," * 100_000 + b"[]]", max_nesting=16)
