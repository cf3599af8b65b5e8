from __future__ import annotations

import hashlib
import hmac
import os
import subprocess
import sys
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from regression_model.errors import DataError, MissingExtraError
from regression_model.processing.datasets.snapshot_record import table_path
from regression_model.processing.datasets.snapshot_store import erase_snapshot
from regression_model.processing.snapshots import (
    AsOf,
    Database,
    RawTable,
    Treatment,
    build_query,
    freeze,
    read_file,
    read_query,
)
from regression_model.processing.snapshots.freezing import write_parquet

TABLE = pa.table({"id": [3, 1, 2], "name": ["c", "a", None]})
KEY = b"sixteen bytes or more"

FREEZE = """
import sys
from pathlib import Path
from regression_model.processing.snapshots import Database, Treatment, build_query, freeze, read_query
raw = read_query(Database.parse(sys.argv[1]), build_query("SELECT * FROM houses"), Treatment())
print(freeze(raw, Path(sys.argv[2])).record.sha256)
"""


def raw(table=TABLE, treatment=None, *, in_order=False):
    return RawTable(table, tuple(table.column_names), {"kind": "test"}, in_order, treatment or Treatment())


def test_the_file_is_named_by_its_digest(folder):
    found = freeze(raw(), folder)

    content = found.path.read_bytes()
    assert hashlib.sha256(content).hexdigest() == found.record.sha256 == found.path.stem
    assert found.path == table_path(folder, found.record.sha256)
    assert len(content) == found.record.n_bytes
    assert pq.read_table(found.path).to_pydict() == {"id": [1, 2, 3], "name": ["a", None, "c"]}


def test_rows_of_a_file_are_not_sorted(folder):
    assert pq.read_table(freeze(raw(in_order=True), folder).path)["id"].to_pylist() == [3, 1, 2]


def test_the_record_says_when_and_by_what(folder):
    record = freeze(raw(), folder).record
    age = datetime.now(UTC) - datetime.fromisoformat(record.retrieved)
    assert 0 <= age.total_seconds() < 60
    assert set(record.libraries) == {"python", "regression-model", "pyarrow", "pandas"}
    assert record.libraries["pyarrow"] == pa.__version__


def test_neither_chunks_nor_metadata_nor_the_time_are_in_the_bytes():
    cut = pa.concat_tables([TABLE.slice(0, 1), TABLE.slice(1)]).replace_schema_metadata({"pandas": "{}"})
    assert write_parquet(cut) == write_parquet(TABLE)
    assert b"pandas" not in write_parquet(cut)


def test_bytes_do_not_depend_on_the_surroundings(sqlite, tmp_path):
    sqlite("INSERT INTO houses VALUES (?, ?, ?, ?)", [(n, n / 3, f"Ort {n % 5} ä", None) for n in range(50)])
    hostile = [
        {"PYTHONHASHSEED": "1", "TZ": "Pacific/Chatham", "LC_ALL": "C", "OMP_NUM_THREADS": "1"},
        {"PYTHONHASHSEED": "2", "TZ": "UTC", "LC_ALL": "C.UTF-8", "ARROW_DEFAULT_MEMORY_POOL": "system"},
    ]
    digests = []
    for place, variables in enumerate(hostile):
        finished = subprocess.run(
            [sys.executable, "-c", FREEZE, sqlite.url, tmp_path / str(place)],
            env={**os.environ, **variables},
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        )
        digests.append(finished.stdout)
    assert digests[0] == digests[1]


def test_dropped_and_hidden_values_are_nowhere(tmp_path, folder):
    file = tmp_path / "t.csv"
    file.write_text("name,iban,area\nZoe Zebra,DE12345678,5\nAnn Aardvark,DE87654321,6\n", encoding="utf-8")
    treatment = Treatment(drop=("iban",), pseudonymise=("name",), key=KEY)

    found = freeze(read_file(file, treatment), folder)

    assert (found.record.dropped, found.record.pseudonymised) == (("iban",), ("name",))
    table = pq.read_table(found.path).to_pydict()
    assert table["area"] == ["5", "6"]
    assert {len(each) for each in table["name"]} == {64}
    # Uncompressed, so that a search finds what is there.
    plain = b"".join(write_uncompressed(path) for path in folder.iterdir())
    for secret in (b"Zebra", b"Aardvark", b"DE12345678", KEY, KEY.hex().encode()):
        assert secret not in plain
    assert b"area" in plain


def test_what_is_read_is_frozen_as_it_was_to_be_treated(tmp_path, folder, sqlite):
    """Given rows read to be treated, when they are frozen and nothing more is said, then they are treated."""
    file = tmp_path / "t.csv"
    file.write_text("town,sold\nUlm,2026-01-01\nBonn,2026-02-01\n", encoding="utf-8")
    sqlite("INSERT INTO houses (town, sold) VALUES (?, ?)", [("Ulm", "2026-01-01"), ("Bonn", "2026-02-01")])
    treatment = Treatment(AsOf.parse("sold=2026-01-31"), drop=("sold",), pseudonymise=("town",), key=KEY)
    query = build_query("SELECT town, sold FROM houses")

    found = [
        freeze(read, folder)
        for read in (read_file(file, treatment), read_query(Database.parse(sqlite.url), query, treatment))
    ]

    pseudonym = hmac.new(KEY, b"Ulm", "sha256").hexdigest()
    for snapshot in found:
        assert pq.read_table(snapshot.path).to_pydict() == {"town": [pseudonym]}
        assert snapshot.record.as_of == {"column": "sold", "moment": "2026-01-31T00:00:00Z"}
        assert (snapshot.record.dropped, snapshot.record.pseudonymised) == (("sold",), ("town",))


def test_no_table_goes_without_a_treatment():
    with pytest.raises(TypeError, match="'treatment'"):
        RawTable(TABLE, ("id", "name"), {"kind": "test"}, in_order=True)


def write_uncompressed(path):
    if path.suffix != ".parquet":
        return path.read_bytes()
    stream = pa.BufferOutputStream()
    pq.write_table(pq.read_table(path), stream, compression="none", use_dictionary=False)
    return stream.getvalue().to_pybytes()


def test_the_order_of_rows_does_not_betray_a_dropped_column(folder):
    found = [
        freeze(raw(pa.table({"secret": secret, "id": [1, 2, 3]}), Treatment(drop=("secret",))), folder)
        for secret in ([1, 2, 3], [3, 2, 1])
    ]
    assert found[0].record.sha256 == found[1].record.sha256


def test_a_treatment_has_to_fit_the_table(folder):
    with pytest.raises(DataError, match="no column 'x'"):
        freeze(raw(treatment=Treatment(drop=("x",))), folder)
    assert not folder.exists()


def test_erased_rows_do_not_come_back_by_accident(folder):
    first = freeze(raw(), folder)
    erase_snapshot(folder, first.record.sha256, "a person asked for it")

    with pytest.raises(
        DataError, match=r"was erased on .*, because: a person asked for it\. Leave rows out in the query"
    ):
        freeze(raw(), folder)
    assert not first.path.exists()
    assert freeze(raw(treatment=Treatment(drop=("name",))), folder).is_new


def test_without_pyarrow(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(MissingExtraError, match=r"A snapshot needs .* 'regression-model\[parquet\]'"):
        read_file(tmp_path / "t.csv", Treatment())
