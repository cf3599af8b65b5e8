from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from ml_api.schemas import write_json_answer

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
