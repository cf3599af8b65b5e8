from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regression_model.processing.values import parse_column
from regression_model.schema import PARSERS, RejectedValue

CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.dates().map(str),
    st.sampled_from(["NA", "1e400", "12", "12.0", "true", "2024-01-01"]), st.lists(st.integers(), max_size=1),
)  # fmt: skip


@given(st.lists(CELLS, min_size=1, max_size=20), st.sampled_from(sorted(PARSERS)))
def test_a_column_is_read_as_its_cells_are(cells, dtype):
    """The quick ways through a column (numbers as they are, distinct texts once) decide nothing else."""
    parsed, rejected = parse_column(pd.Series(cells, dtype=object), dtype)

    for row, cell in enumerate(cells):
        try:
            expected = PARSERS[dtype](cell)
        except RejectedValue as problem:
            assert rejected[row].reason == problem.reason
            expected = None
        else:
            assert row not in rejected
        if expected is None or pd.isna(expected):
            assert pd.isna(parsed[row])
        else:
            assert parsed[row] == expected or pd.Timestamp(parsed[row]) == expected


@given(st.lists(st.text(max_size=4) | st.sampled_from(["1", "2.5", "NA", ""]), min_size=2, max_size=30))
def test_a_column_of_text_is_read_as_its_cells_are(cells):
    whole, rejected = parse_column(pd.Series(cells, dtype="str"), "number")

    for row, cell in enumerate(cells):
        one, one_rejected = parse_column(pd.Series([cell], dtype=object), "number")
        np.testing.assert_equal(whole[row], one[0])
        assert (row in rejected) == bool(one_rejected)


@pytest.mark.parametrize("dtype", ["int64", "Int64", "float32", "uint8", "boolean", "str", "category"])
def test_a_column_of_any_pandas_type_is_read(dtype):
    values = pd.Series(["1", "0"], dtype=dtype) if dtype in ("str", "category") else pd.Series([1, 0]).astype(dtype)
    parsed, rejected = parse_column(values, "boolean")

    assert parsed.tolist() == [1.0, 0.0]
    assert not rejected


def test_numpy_dates_among_objects_are_dates():
    values = pd.Series([np.datetime64("2024-05-31", "ns"), np.datetime64("2024-05-31", "D")], dtype=object)
    parsed, rejected = parse_column(values, "datetime")

    assert not rejected
    assert pd.Series(parsed).tolist() == [pd.Timestamp("2024-05-31")] * 2
