from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_api.schemas import json_answer, write_json_answer

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(answer=st.dictionaries(st.text(), JSON))
def test_an_answer_is_read_back_as_it_was(answer):
    content = write_json_answer(answer)
    assert content.isascii()
    assert content.count(b"\n") == 1
    assert json.loads(content) == answer


@pytest.mark.parametrize(
    "wrap", [lambda errors: {"errors": errors}, lambda errors: {"error": {"details": {"errors": errors}}}]
)
def test_the_writer_never_gets_much_at_once(monkeypatch, wrap):
    pieces = []
    dump = json_answer._dump
    monkeypatch.setattr(json_answer, "_dump", lambda value: pieces.append(dump(value)) or pieces[-1])
    errors = {str(row): [{"field": "LotArea", "message": "x" * 50}] * 11 for row in range(5_000)}
    answer = {**wrap(errors), "predictions": [1.5] * 5_000}
    assert json.loads(write_json_answer(answer)) == answer
    assert max(map(len, pieces)) < 2_000


def test_what_is_no_number_is_never_written():
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json_answer({"predictions": [float("nan")]})
