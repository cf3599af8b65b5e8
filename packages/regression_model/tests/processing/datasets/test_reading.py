from __future__ import annotations

import csv
import datetime
import decimal
import gzip
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from regression_model.errors import DataError, DataNotFoundError, MissingExtraError
from regression_model.processing.datasets.reading import TABLE_SUFFIXES, find_table_suffix, read_table

CONTENTS = {
    ".csv": b"a,b\n1,x\n2,\n",
    ".tsv": b"a\tb\n1\tx\n2\t\n",
    ".json": b'[{"a": "1", "b": "x"}, {"a": "2", "b": ""}]',
    ".ndjson": b'{"a": "1", "b": "x"}\n{"a": "2", "b": ""}\n',
    ".jsonl": b'{"a": "1", "b": "x"}\n{"a": "2", "b": ""}\n',
    ".arff": b"@attribute a string\n@attribute b string\n@data\n1,x\n2,?\n",
}


def write(tmp_path, content, name="t.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("suffix", [suffix for suffix in TABLE_SUFFIXES if suffix != ".parquet"])
def test_the_name_says_the_format(tmp_path, suffix):
    content = CONTENTS[suffix.removesuffix(".gz")]
    path = write(tmp_path, gzip.compress(content) if suffix.endswith(".gz") else content, f"T{suffix.upper()}")

    frame = read_table(path)

    assert frame.to_dict("list") == {"a": ["1", "2"], "b": ["x", ""]}
    assert isinstance(frame.index, pd.RangeIndex)
    assert all(dtype.kind == "O" for dtype in frame.dtypes)


def test_no_file(tmp_path):
    with pytest.raises(DataNotFoundError, match=r"no table at .*t\.csv"):
        read_table(tmp_path / "t.csv")


def test_an_unknown_format(tmp_path):
    with pytest.raises(DataError, match=r"t\.xlsx: unknown table format; expected a name that ends in one of"):
        read_table(write(tmp_path, b"", "t.xlsx"))
    assert find_table_suffix("csv") is None


def test_a_folder(tmp_path):
    (tmp_path / "t.csv").mkdir()

    with pytest.raises(DataError, match=r"t\.csv: can't be read"):
        read_table(tmp_path / "t.csv")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,b\n", r"t\.csv: the table has 2 columns and no rows"),
        ("a,b,a\n1,2,3\n", "columns 1 and 3 are both named 'a'"),
        (",a\n0,1\n", "column 1 has no name.*index=False"),
        ("a, \n0,1\n", "column 2 has no name"),
        ("", "the file is empty"),
    ],
)
def test_columns_and_rows_there_must_be(tmp_path, content, message):
    with pytest.raises(DataError, match=message):
        read_table(write(tmp_path, content))


@pytest.mark.parametrize("content", ["[]", '{"a": []}', '{"columns": ["a"], "data": []}', '{"a": {}}', "[{}]"])
def test_no_rows_in_json(tmp_path, content):
    with pytest.raises(DataError, match=r"t\.json: the table has .* no rows"):
        read_table(write(tmp_path, content, "t.json"))


class TestOrder:
    def test_rows_keep_the_order_of_the_file(self, tmp_path):
        assert read_table(write(tmp_path, "a\n3\n1\n2\n"))["a"].tolist() == ["3", "1", "2"]

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            (["10", "9", "", "-1.5"], ["-1.5", "9", "10", ""]),
            (["10", "9", "x"], ["10", "9", "x"]),
            (["b", "", "a", "B"], ["B", "a", "b", ""]),
            # One more than a float64 can tell apart.
            (["9007199254740993", "9007199254740992"], ["9007199254740992", "9007199254740993"]),
            (["", ""], ["", ""]),
        ],
    )
    def test_numbers_as_numbers_text_as_text_missing_last(self, tmp_path, values, expected):
        path = write(tmp_path, "".join(f'"{value}"\n' for value in ["a", *values]))

        assert read_table(path, order_by=["a"])["a"].tolist() == expected

    def test_equal_rows_keep_their_order_and_the_first_column_counts_most(self, tmp_path):
        path = write(tmp_path, "a,b,n\n2,x,0\n1,y,1\n2,x,2\n1,x,3\n1,y,4\n")

        frame = read_table(path, order_by=["a", "b"])

        assert frame["n"].tolist() == ["3", "1", "4", "0", "2"]
        assert frame.index.tolist() == [0, 1, 2, 3, 4]

    def test_csv_and_json_of_one_table_come_in_one_order(self, tmp_path):
        ids = [10, 9, None, 100]
        from_json = read_table(write(tmp_path, json.dumps({"a": ids, "n": [0, 1, 2, 3]}), "t.json"), order_by=["a"])
        text = "a,n\n" + "".join(f"{'' if i is None else i},{n}\n" for n, i in enumerate(ids))
        from_csv = read_table(write(tmp_path, text), order_by=["a"])

        assert from_json["n"].tolist() == [int(n) for n in from_csv["n"]] == [1, 0, 3, 2]

    def test_types_that_mix_are_ordered_as_text(self, tmp_path):
        path = write(tmp_path, '{"a": ["b", 10, null, 9, true]}', "t.json")

        assert read_table(path, order_by=["a"])["a"].tolist() == [10, 9, True, "b", None]

    def test_an_unknown_column(self, tmp_path):
        path = write(tmp_path, "Id,price\n1,2\n")

        with pytest.raises(DataError, match=r"can't order by 'Idd': there is no such column.*did you mean 'Id'"):
            read_table(path, order_by=["Idd"])


class TestParquet:
    def test_types(self, tmp_path):
        path = tmp_path / "t.parquet"
        frame = pd.DataFrame(
            {
                "number": [1.5, np.nan],
                "integer": [1, 2],
                "text": ["x", None],
                "category": pd.Categorical(["x", None]),
                "boolean": [True, False],
                "time": pd.to_datetime(["2020-01-01", None]),
                "day": [datetime.date(2020, 1, 1), None],
                "decimal": [decimal.Decimal("1.5"), None],
            }
        )
        frame.to_parquet(path)

        found = read_table(path)

        kinds = {name: dtype.kind for name, dtype in found.dtypes.items()}
        assert kinds == {
            "number": "f",
            "integer": "i",
            "text": "O",
            "category": "O",
            "boolean": "b",
            "time": "M",
            "day": "M",
            "decimal": "f",
        }
        assert found["text"].tolist() == found["category"].tolist() == ["x", None]
        assert found["decimal"][0] == 1.5
        assert found["day"][0] == pd.Timestamp("2020-01-01")

    def test_decimals_become_the_nearest_floats(self, tmp_path):
        """Arrow's own cast makes 0.35000000000000003 of 0.35."""
        values = [decimal.Decimal(number).scaleb(-3) for number in (350, 9, -123456789, 10**12 + 1)]
        pd.DataFrame({"price": values}).to_parquet(tmp_path / "t.parquet")

        assert read_table(tmp_path / "t.parquet")["price"].tolist() == [float(value) for value in values]

    def test_no_integer_is_rounded_because_another_is_missing(self, tmp_path):
        large = 2**53 + 1
        frame = pd.DataFrame(
            {"large": pd.array([large, None, -large], "Int64"), "small": pd.array([1, None, 3], "Int64")}
        )
        frame.to_parquet(tmp_path / "t.parquet")

        found = read_table(tmp_path / "t.parquet")

        assert found["large"].tolist() == [large, None, -large]
        assert found["small"].dtype == np.float64

    def test_row_labels_are_columns_if_they_are_named_and_else_are_left_out(self, tmp_path):
        frame = pd.DataFrame({"a": [1, 2]}, index=pd.Index([7, 8], name="Id"))
        frame.to_parquet(tmp_path / "named.parquet")
        frame.rename_axis(None).to_parquet(tmp_path / "nameless.parquet")

        assert read_table(tmp_path / "named.parquet").to_dict("list") == {"a": [1, 2], "Id": [7, 8]}
        assert read_table(tmp_path / "nameless.parquet").to_dict("list") == {"a": [1, 2]}

    def test_nested_columns_are_refused(self, tmp_path):
        path = tmp_path / "t.parquet"
        pd.DataFrame({"a": [[1, 2], [3]]}).to_parquet(path)

        with pytest.raises(DataError, match=r"column 'a' holds list<.*>; expected single values"):
            read_table(path)

    def test_a_name_that_occurs_twice(self, tmp_path):
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.table([[1], [2]], names=["a", "a"]), tmp_path / "t.parquet")

        with pytest.raises(DataError, match="columns 1 and 2 are both named 'a'"):
            read_table(tmp_path / "t.parquet")

    @pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"PAR1 and then nothing PAR1"])
    def test_a_damaged_file(self, tmp_path, content):
        with pytest.raises(DataError, match=r"t\.parquet: not a sound Parquet file"):
            read_table(write(tmp_path, content, "t.parquet"))

    def test_a_file_cut_short(self, tmp_path):
        path = tmp_path / "t.parquet"
        pd.DataFrame({"a": range(1000)}).to_parquet(path)
        path.write_bytes(path.read_bytes()[:-100])

        with pytest.raises(DataError, match="not a sound Parquet file"):
            read_table(path)

    def test_without_pyarrow(self, tmp_path, monkeypatch):
        monkeypatch.setitem(sys.modules, "pyarrow", None)

        with pytest.raises(MissingExtraError, match=r"Parquet needs .*regression-model\[parquet\]"):
            read_table(write(tmp_path, b"", "t.parquet"))


def test_pyarrow_is_not_imported_for_csv(tmp_path):
    # pandas imports pyarrow by itself where it is installed; what counts is that ours runs without it.
    code = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from pathlib import Path\n"
        "from regression_model.processing.datasets import read_table\n"
        "assert read_table(Path(sys.argv[1])).shape == (1, 2)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(write(tmp_path, "a,b\n1,2\n"))], check=True)


class TestRealTables:
    @pytest.mark.parametrize(
        ("name", "shape"),
        [
            ("house_prices.csv", 2_344),
            ("california_housing.csv", 20_640),
            ("bank_marketing.csv", 32_950),
        ],
    )
    def test_csv_cell_by_cell(self, real_data, name, shape):
        path: Path = real_data(name)

        frame = read_table(path)

        assert len(frame) == shape
        with path.open(encoding="utf-8", newline="") as stream:
            header, *rows = csv.reader(stream)
        assert list(frame.columns) == header
        assert frame.to_numpy().tolist() == rows

    def test_names_with_dots(self, real_data):
        assert {"emp.var.rate", "cons.price.idx", "nr.employed"} <= set(
            read_table(real_data("bank_marketing.csv")).columns
        )

    def test_na_and_none_stay_text(self, real_data):
        frame = read_table(real_data("house_prices.csv"))

        assert "NA" in set(frame["Alley"])
        assert "None" in set(frame["MasVnrType"])

    def test_json_by_columns(self, real_data):
        windows = read_table(real_data("accelerometer_windows.json"))
        labels = read_table(real_data("accelerometer_labels.json"))

        assert windows.shape == (412 * 128, 2)
        assert windows["measurement"].dtype == np.float64
        assert windows["measurement"][0] == -0.2412536
        assert windows.groupby("example_id", sort=False).size().tolist() == [128] * 412
        assert list(windows["example_id"].unique()) == labels["example_id"].tolist()

    def test_the_order_does_not_depend_on_that_of_the_keys(self, real_data, tmp_path):
        path = real_data("accelerometer_labels.json")
        document = json.loads(path.read_text())
        turned = {name: dict(reversed(cells.items())) for name, cells in document.items()}

        again = read_table(write(tmp_path, json.dumps(turned), "t.json"))

        assert again.equals(read_table(path))
