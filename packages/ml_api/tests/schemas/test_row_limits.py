from __future__ import annotations

import pytest

from ml_api.errors import TextTooLongError, TooManyColumnsError
from ml_api.schemas import RowLimits

LIMITS = RowLimits(max_columns=2, max_text_length=5)


def test_rows_within_the_limits_pass_and_so_does_what_is_no_row():
    LIMITS.check([{"a": "12345", "b": 10**9}, {}, None, 5, "a long text", ["a long text"]])


def test_too_many_columns():
    with pytest.raises(TooManyColumnsError, match="Row 1 has 3 columns; at most 2") as caught:
        LIMITS.check([{}, {"a": 1, "b": 2, "c": 3}])
    assert caught.value.details == {"row": 1, "columns": 3, "max_columns": 2}


@pytest.mark.parametrize(
    ("row", "field"), [({"a": "canary"}, "a"), ({"longer": 1}, "longer"), ({"x" * 999: 1}, "x" * 80)]
)
def test_too_long_a_text_is_named_by_its_column_and_never_repeated(row, field):
    with pytest.raises(TextTooLongError, match="more than 5 characters") as caught:
        LIMITS.check([row])
    assert caught.value.details == {"row": 0, "field": field, "max_text_length": 5}
    assert "canary" not in str(caught.value)
