from __future__ import annotations

import datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from regression_model.errors import InputDataError
from regression_model.predict.readers.parquet_rows import ParquetReader

COLUMNS = {
    "whole": pa.array([1, None, 3]),
    "number": pa.array([0.5, 1.5, float("nan")]),
    "text": pa.array(["x", None, "001"]),
    "category": pa.array(["x", "y", None]).dictionary_encode(),
    "truth": pa.array([True, None, False]),
    "day": pa.array([datetime.date(2024, 5, 31), None, datetime.date(1999, 1, 1)]),
    "amount": pa.array([Decimal("1.00"), None, Decimal("2.50")]),
    "emp": pa.array([1, 2, 3]),
    "emp.var.rate": pa.array([4.0, 5.0, 6.0]),
}


@pytest.fixture
def path(tmp_path):
    pq.write_table(pa.table(COLUMNS), tmp_path / "a.parquet")
    return tmp_path / "a.parquet"


def test_values_keep_their_types_and_missing_text_is_none(path):
    with path.open("rb") as stream:
        reader = ParquetReader(stream, path.name)
        (chunk,) = reader.read(list(COLUMNS), (), 10)

    assert reader.columns == list(COLUMNS)
    frame = chunk.rows
    np.testing.assert_array_equal(frame["whole"], [1.0, np.nan, 3.0])
    assert frame["text"].tolist() == ["x", None, "001"]
    assert frame["category"].tolist() == ["x", "y", None]
    assert frame["truth"].tolist() == [True, None, False]
    assert frame["day"].dtype.kind == "M"
    assert frame["amount"].iloc[2] == 2.5
    assert frame["emp.var.rate"].tolist() == [4.0, 5.0, 6.0]


def test_only_what_is_needed_is_read_and_kept_values_are_python_objects(path):
    with path.open("rb") as stream:
        (chunk,) = ParquetReader(stream, path.name).read(["emp"], ["text", "day"], 10)
    assert list(chunk.rows) == ["emp"]
    assert chunk.inputs[0] == {"text": "x", "day": datetime.date(2024, 5, 31)}


def test_chunks_and_progress_count_rows(path):
    with path.open("rb") as stream:
        reader = ParquetReader(stream, path.name)
        progress = [(chunk.first_row, chunk.n_rows, reader.progress()) for chunk in reader.read(["emp"], (), 2)]
    assert progress == [(1, 2, (2, 3)), (3, 1, (3, 3))]


def test_damage_is_refused(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with path.open("rb") as stream, pytest.raises(InputDataError, match="a.parquet: not a sound Parquet file"):
        ParquetReader(stream, path.name)
