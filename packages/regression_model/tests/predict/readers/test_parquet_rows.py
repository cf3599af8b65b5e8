from __future__ import annotations

import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from regression_model.compiled import Texts
from regression_model.compiled.column_parsing import ColumnParser
from regression_model.errors import InputDataError
from regression_model.predict.frames import list_values
from regression_model.predict.readers.parquet_rows import ParquetReader
from regression_model.processing.datasets.parquet_table import read_parquet
from regression_model.schema import Feature, Schema

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
OTHER_KINDS = {
    "small": pa.array([1, None, -3], pa.int8()),
    "large": pa.array([1, 2**53 - 1, 2**64 - 1], pa.uint64()),
    "single": pa.array([0.1, None, float("inf")], pa.float32()),
    "half": pa.array([0.5, None, 2.0], pa.float16()),
    "coded": pa.array([5, None, 7]).dictionary_encode(),
    "nothing": pa.nulls(3),
    "digits": pa.array(["1", " 2.5 ", "x"]),
    "long": pa.array(["", None, "?"], pa.large_string()),
    "bytes": pa.array([b"x", None, b"\xff"]),
    "moment": pa.array([0, None, 10**15], pa.timestamp("us", tz="Europe/Berlin")),
    "instant": pa.array([-1, None, 10**18 + 1], pa.timestamp("ns")),
    "clock": pa.array([datetime.time(1), None, datetime.time(2)]),
    "nested": pa.array([[1], None, []]),
}


def schema(*names: str, dtype: str = "category") -> Schema:
    return Schema(tuple(Feature(name, dtype, True) for name in names), missing_values=("?",))


@pytest.fixture
def path(tmp_path):
    pq.write_table(pa.table(COLUMNS), tmp_path / "a.parquet")
    return tmp_path / "a.parquet"


def test_values_keep_their_types_and_missing_text_is_none(path):
    with path.open("rb") as stream:
        reader = ParquetReader(stream, path.name)
        (chunk,) = reader.read(schema(*COLUMNS), (), 10)

    assert reader.columns == list(COLUMNS)
    frame = pd.DataFrame(chunk.rows)
    np.testing.assert_array_equal(frame["whole"], [1.0, np.nan, 3.0])
    assert frame["text"].tolist() == ["x", None, "001"]
    assert frame["category"].tolist() == ["x", "y", None]
    assert frame["truth"].tolist() == [True, None, False]
    assert frame["day"].dtype.kind == "M"
    assert frame["amount"].iloc[2] == 2.5
    assert frame["emp.var.rate"].tolist() == [4.0, 5.0, 6.0]


def test_only_what_is_needed_is_read_and_kept_values_are_python_objects(path):
    with path.open("rb") as stream:
        (chunk,) = ParquetReader(stream, path.name).read(schema("emp"), ["text", "day"], 10)
    assert list(chunk.rows) == ["emp"]
    assert {name: values[0] for name, values in chunk.inputs.items()} == {
        "text": "x",
        "day": datetime.date(2024, 5, 31),
    }


def test_chunks_and_progress_count_rows(path):
    with path.open("rb") as stream:
        reader = ParquetReader(stream, path.name)
        progress = [(chunk.first_row, chunk.n_rows, reader.progress()) for chunk in reader.read(schema("emp"), (), 2)]
    assert progress == [(1, 2, (2, 3)), (3, 1, (3, 3))]


def test_damage_is_refused(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with path.open("rb") as stream, pytest.raises(InputDataError, match="a.parquet: not a sound Parquet file"):
        ParquetReader(stream, path.name)


@pytest.mark.parametrize("missing_values", [(), ("?", "5")])
@pytest.mark.parametrize("dtype", ["number", "integer", "boolean", "category", "datetime"])
@pytest.mark.parametrize("name", [*COLUMNS, *OTHER_KINDS])
def test_arrays_mean_what_the_values_mean_one_by_one(tmp_path, name, dtype, missing_values):
    column = (COLUMNS | OTHER_KINDS)[name]
    pq.write_table(pa.table({name: column}), tmp_path / "a.parquet")
    feature = Feature(name, dtype, False)
    parser = ColumnParser(feature, missing_values)
    found = []
    for as_arrays in (True, False):
        with (tmp_path / "a.parquet").open("rb") as stream:
            chunks = ParquetReader(stream, "a.parquet").read(
                Schema((feature,), missing_values), (), 2, as_arrays=as_arrays
            )
            cells = [chunk.rows[name] if as_arrays else list_values(chunk.rows[name], dtype) for chunk in chunks]
        parsed = [parser.parse(values) for values in cells]
        assert [len(values) for values, _ in parsed] == [2, 1]
        found.append(
            [
                (errors, repr(values.to_list() if isinstance(values, Texts) else values.tolist()))
                for values, errors in parsed
            ]
        )
    assert found[0] == found[1]


DECIMALS = {
    "places": [Decimal(n) / 100 for n in range(1, 1000)],
    "long": [Decimal(f"{n}.{'1234567890' * 3}") for n in (0, 1, 12345678, -12345678)],
    "gaps": [None, Decimal("0.35"), None],
}


@pytest.mark.parametrize("as_arrays", [True, False])
@pytest.mark.parametrize("name", DECIMALS)
def test_decimals_are_the_same_floats_as_in_training(tmp_path, name, as_arrays):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({name: pa.array(DECIMALS[name], pa.decimal128(38, 30))}), path)
    with path.open("rb") as stream:
        chunks = list(ParquetReader(stream, path.name).read(schema(name, dtype="number"), (), 100, as_arrays=as_arrays))

    found = np.concatenate([np.asarray(chunk.rows[name]) for chunk in chunks])
    np.testing.assert_array_equal(found, read_parquet(path)[name].to_numpy())
    np.testing.assert_array_equal(found, [np.nan if each is None else float(each) for each in DECIMALS[name]])


def test_text_and_numbers_are_arrays_where_they_may_be(path):
    with path.open("rb") as stream:
        (chunk,) = ParquetReader(stream, path.name).read(
            Schema((Feature("text", "category", True), Feature("whole", "number", True))), (), 10, as_arrays=True
        )
    assert chunk.rows["text"].to_list() == ["x", None, "001"]
    np.testing.assert_array_equal(chunk.rows["whole"], [1.0, np.nan, 3.0])
