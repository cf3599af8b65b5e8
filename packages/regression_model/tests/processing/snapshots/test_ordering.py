from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import example, given, settings
from hypothesis import strategies as st

from regression_model.processing.snapshots.columns import build_table
from regression_model.processing.snapshots.freezing import write_parquet
from regression_model.processing.snapshots.ordering import sort_rows

# Few different values, so that rows tie in their first columns.
KINDS = {
    "boolean": st.booleans(),
    "integer": st.integers(-2, 2) | st.sampled_from([2**62, -(2**62)]),
    "number": st.sampled_from([0.0, -0.0, 1.5, float("nan"), float("inf"), float("-inf"), 5e-324]) | st.integers(0, 2),
    "decimal": st.sampled_from([Decimal("1.10"), Decimal("1.1"), Decimal("-0"), Decimal(0), Decimal("NaN")]),
    "text": st.sampled_from(["", "a", "B", "ä", "a\u0308", "\U0001f3e0", "\uffff"]) | st.text("aBä☃", max_size=2),
    "uuid": st.sampled_from([uuid.UUID(int=1), uuid.UUID(int=2)]),
    "date": st.dates(date(2026, 1, 1), date(2026, 1, 3)),
    "time": st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 1, 0, 0, 1)),
    "moment": st.sampled_from([datetime(2026, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)]),
}


@st.composite
def tables(draw):
    """Rows, the same rows in another order, and two ways of cutting them into chunks."""
    kinds = draw(st.lists(st.sampled_from(list(KINDS)), min_size=1, max_size=4))
    rows = draw(st.lists(st.tuples(*(st.none() | KINDS[kind] for kind in kinds)), min_size=1, max_size=20))
    return rows, draw(st.permutations(rows)), draw(st.integers(1, 7)), draw(st.integers(1, 7))


def freeze(rows, per_chunk):
    names = [f"c.{place}" for place in range(len(rows[0]))]
    chunks = (rows[start : start + per_chunk] for start in range(0, len(rows), per_chunk))
    return write_parquet(sort_rows(build_table(names, chunks)))


@settings(deadline=None)
@given(tables())
@example(([(0.0, 1), (-0.0, 1), (float("nan"), None), (None, 2)], [(-0.0, 1), (None, 2), (0.0, 1), (None, None)], 1, 2))
def test_the_order_of_rows_and_chunks_leaves_no_trace(table):
    rows, others, per_chunk, others_per_chunk = table
    assert freeze(rows, per_chunk) == freeze(others, others_per_chunk)


def test_rows_are_sorted_by_all_columns():
    rows = [("b", 1), ("a", None), ("a", 2), (None, 0), ("B", 3), ("ä", 1)]
    found = sort_rows(build_table(["text", "number"], [rows]))
    assert [tuple(row.values()) for row in found.to_pylist()] == [
        ("B", 3),
        ("a", 2),
        ("a", None),
        ("b", 1),
        ("ä", 1),
        (None, 0),
    ]


def test_another_value_is_another_snapshot():
    rows = [(1, "a"), (2, None)]
    assert len({freeze(each, 1) for each in (rows, [(1, "a"), (2, "")], [(1, "a"), (3, None)], rows * 2)}) == 4
