from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_api.services.number_text import format_number, write_number

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(FINITE)
def test_what_is_written_is_the_same_number(value):
    assert float(write_number(value)) == value


@given(FINITE.filter(lambda value: 1e-300 < abs(value) < 1e308))
def test_what_is_read_is_right_to_four_digits(value):
    assert float(format_number(value).replace(",", "")) == pytest.approx(value, rel=1e-3)


@pytest.mark.parametrize(("value", "text"), [(0.0, "0"), (999.96, "1000"), (9999.6, "10,000"), (-25_000.4, "-25,000")])
def test_numbers_near_the_edges(value, text):
    assert format_number(value) == text
