from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from regression_model.errors import DataError
from regression_model.processing.datasets import read_table
from regression_model.processing.snapshots import Treatment, freeze, read_file
from regression_model.processing.snapshots.frames import table_from_frame

NARROW = pd.DataFrame(
    {
        "i": np.array([1, -2], dtype=np.int8),
        "u": np.array([1, 2], dtype=np.uint64),
        "f": np.array([0.5, np.nan], dtype=np.float32),
        "b": np.array([True, False]),
        "t": pd.to_datetime(["2026-01-01 12:00", None]),
        "z": pd.to_datetime(["2026-01-01 12:00+00:00", None]),
        "o": pd.Series(["x", None], dtype=object),
    }
)


def test_each_type_of_a_frame():
    found = table_from_frame(NARROW)
    assert found.column("i").to_pylist() == [1, -2]
    assert found.column("u").to_pylist() == [1, 2]
    assert found.column("f").to_pylist() == [0.5, None]
    assert found.column("o").to_pylist() == ["x", None]
    assert [str(each) for each in found.schema.types] == [
        "int64",
        "int64",
        "double",
        "bool",
        f"timestamp[{NARROW['t'].dtype.name[11:-1]}]",
        f"timestamp[{NARROW['z'].dtype.unit}, tz=UTC]",
        "large_string",
    ]


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (pd.to_timedelta([1, 2], unit="s"), r"column 'c' holds timedelta64.*leave it out with --drop"),
        (pd.Series([1, "a"], dtype=object), "several types, integer and text"),
        (np.array([2**63], dtype=np.uint64), r"beyond 2\^63"),
    ],
)
def test_columns_that_are_refused_can_be_left_out(column, message):
    frame = pd.DataFrame({"c": column, "d": 1})
    with pytest.raises(DataError, match=message):
        table_from_frame(frame)
    assert table_from_frame(frame, skip=["c"]).column_names == ["d"]


@pytest.mark.parametrize("name", ["house_prices.csv", "bank_marketing.csv", "california_housing.csv"])
def test_a_snapshot_of_a_real_table_reads_as_the_file(real_data, folder, name):
    found = freeze(read_file(real_data(name), Treatment()), folder)
    pd.testing.assert_frame_equal(read_table(found.path), read_table(real_data(name)))


def test_a_snapshot_of_json_reads_as_the_file(tmp_path, folder):
    file = tmp_path / "t.json"
    rows = [{"n": 1, "x": 0.5, "b": True, "s": "x", "m": None}, {"n": 2, "x": None, "b": None, "s": None, "m": True}]
    file.write_text(json.dumps(rows), encoding="utf-8")
    found = freeze(read_file(file, Treatment()), folder)
    pd.testing.assert_frame_equal(read_table(found.path), read_table(file))


def test_a_snapshot_of_parquet_reads_as_the_file(tmp_path, folder):
    file = tmp_path / "t.parquet"
    NARROW.drop(columns=["i", "u", "f"]).to_parquet(file)
    found = freeze(read_file(file, Treatment()), folder)
    pd.testing.assert_frame_equal(read_table(found.path), read_table(file))
    assert freeze(read_file(found.path, Treatment()), folder).record.sha256 == found.record.sha256
