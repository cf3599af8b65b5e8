"""The fast reader of JSON reads what the strict one reads, or leaves it to that one."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ml_api.errors import DocumentError
from ml_api.schemas.flat_json import UNREAD, find_source, read_flat
from ml_api.schemas.strict_json import parse_document, parse_slowly

DEPTH = 16
SINGLE = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.text(':{}[]",\\ae1', max_size=5)
)
ROW = st.dictionaries(st.text('ab:"{é', max_size=3), SINGLE, max_size=4)
ODD = SINGLE | ROW | st.lists(SINGLE, max_size=2)
DOCUMENTS = (
    ROW
    | st.lists(ROW, max_size=4)
    | st.fixed_dictionaries({"inputs": st.lists(ROW, max_size=3)})
    | st.lists(ODD, max_size=3)
    | st.dictionaries(st.sampled_from(["inputs", "data", "a:"]), ODD | st.lists(ODD, max_size=3), max_size=2)
)
WRITERS = st.sampled_from(
    [
        json.dumps,
        lambda document: json.dumps(document, ensure_ascii=False, separators=(",", ":")),
        lambda document: json.dumps(document, indent=1, separators=(" ,", " : ")),
    ]
)


def read(body: bytes, parse) -> tuple[str, object]:
    """Return what a document says, in a way that tells 1 from 1.0 and True, or how it was refused."""
    try:
        return "read", repr(parse(body, max_nesting=DEPTH))
    except DocumentError as error:
        return "refused", str(error)


@settings(max_examples=300, deadline=None)
@given(document=DOCUMENTS, write=WRITERS)
def test_what_is_right_is_read_alike(document, write):
    body = write(document).encode("utf-8", "replace")
    assert read(body, parse_document) == read(body, parse_slowly)


@settings(max_examples=500, deadline=None)
@given(document=DOCUMENTS, write=WRITERS, data=st.data())
def test_what_is_broken_anywhere_is_refused_alike(document, write, data):
    body = bytearray(write(document).encode("utf-8", "replace"))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(body)))
        piece = data.draw(st.binary(max_size=2) | st.sampled_from([b'"a":1,', b":", b"9e99", b"{", b"]", b"-", b"NaN"]))
        body[place : place + data.draw(st.integers(0, 2))] = piece
    assert read(bytes(body), parse_document) == read(bytes(body), parse_slowly)


@settings(max_examples=300, deadline=None)
@given(body=st.text('[]{}":,019.eE+-\\u tfn\n', max_size=40).map(str.encode))
@example(body=b'{"a" :1,"b":2,"b":3}')
@example(body=b'{"a":"x:","b":1,"b":2}')
@example(body=b'[{"a":1}, {"a":1,"a":2}]')
@example(body=b'{"inputs":[{"a":1}],"inputs":[{"a":1}]}')
@example(body=b'{"a":99999999999999999999}')
@example(body=b'{"a":-9223372036854775809}')
@example(body=b'{"a":1e999}')
@example(body=b'{"a":-0}')
@example(body=b'{"a":"\xed\xa0\x80"}')
@example(body=b'\xef\xbb\xbf{"a":1}')
@example(body=b'{"a":1}\x00')
@example(body=b"{}")
@example(body=b"[{}]")
def test_any_bytes_are_taken_alike(body):
    assert read(body, parse_document) == read(body, parse_slowly)


@pytest.mark.parametrize(
    "body", [b'{"a":1,"b":"x"}', b'[{"a":1},{"a":null}]', b'{"data":[{"a:b":"c:d"}]}', b'[{"day":"2026-11-21T10:00"}]']
)
def test_what_clients_usually_send_is_read_fast(body):
    assert read_flat(body, max_nesting=DEPTH) == json.loads(body)


@pytest.mark.parametrize("body", [b'{"a":[1]}', b'[{"a":{}}]', b"[1]", b"[]", b"5", b'{"a":"[", "b":{}}', b'[{},"{"]'])
def test_anything_else_is_left_to_the_strict_reader(body):
    assert read_flat(body, max_nesting=DEPTH) is UNREAD


def test_few_levels_are_counted_by_the_strict_reader():
    assert read_flat(b'{"inputs":[{"a":1}]}', max_nesting=2) is UNREAD


@pytest.mark.parametrize(
    ("body", "source"),
    [
        (b'{"a":"]"}', b'[{"a":"]"}]'),
        (b' [{"a":"]"}]\t', b'[{"a":"]"}]'),
        (b'{"inputs":[{"a":1}]}', b'[{"a":1}]'),
        (b'[{"a":1},\n{"a":2}]', None),
        ('[{"a":"é"}]'.encode(), None),
    ],
)
def test_the_source_of_the_rows_is_what_they_were_read_from(body, source):
    assert find_source(body) == source
    if source is not None:
        document = json.loads(body)
        rows = document if isinstance(document, list) else document.get("inputs", [document])
        assert json.loads(source) == rows


def test_a_body_that_is_too_long_for_a_line_of_the_log_has_no_source():
    assert find_source(b'[{"a":"' + b"x" * 1_500_000 + b'"}]') is None
