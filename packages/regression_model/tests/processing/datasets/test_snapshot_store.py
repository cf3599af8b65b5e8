from __future__ import annotations

import hashlib
import json
import stat
from dataclasses import asdict, replace
from datetime import UTC, datetime

import pytest

from regression_model.errors import DataError, DataNotFoundError
from regression_model.processing.datasets.snapshot_record import SnapshotRecord, Tombstone, find_record, find_tombstone
from regression_model.processing.datasets.snapshot_store import (
    erase_snapshot,
    get_snapshot,
    list_snapshots,
    store_snapshot,
)

CONTENT = b"the bytes of a table"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
OTHER = "0" * 64
RECORD = SnapshotRecord(
    sha256=SHA256,
    n_bytes=len(CONTENT),
    n_rows=2,
    n_columns=1,
    columns={"a": "int64"},
    row_order="sorted",
    source={"kind": "sql", "query": "SELECT 'Zoë'"},
    retrieved="2026-01-31T12:00:00+00:00",
    as_of={"column": "a", "moment": "2026-01-01T00:00:00Z"},
    dropped=("b",),
    pseudonymised=(),
    libraries={"python": "3.11.7"},
)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "deep" / "snapshots"


@pytest.fixture
def stored(folder):
    assert store_snapshot(folder, CONTENT, RECORD)
    return folder


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


class TestStoring:
    def test_a_table_and_its_record_that_nobody_can_write_to(self, stored):
        assert names_in(stored) == [f"{SHA256}.json", f"{SHA256}.parquet"]
        assert {stat.S_IMODE(path.stat().st_mode) for path in stored.iterdir()} == {0o444}
        assert get_snapshot(stored, SHA256).read_bytes() == CONTENT
        assert find_record(stored, SHA256) == RECORD

    def test_a_new_folder_is_its_owners(self, stored):
        assert stat.S_IMODE(stored.stat().st_mode) == 0o700

    def test_a_second_time_changes_nothing(self, stored):
        before = [(path.name, path.stat().st_mtime_ns, path.read_bytes()) for path in stored.iterdir()]
        assert not store_snapshot(stored, CONTENT, replace(RECORD, retrieved="2027-01-01T00:00:00+00:00"))
        assert [(path.name, path.stat().st_mtime_ns, path.read_bytes()) for path in stored.iterdir()] == before

    @pytest.mark.parametrize("lost", ["json", "parquet"])
    def test_what_was_lost_or_damaged_is_written_again(self, stored, lost):
        (stored / f"{SHA256}.{lost}").unlink()
        assert store_snapshot(stored, CONTENT, RECORD)
        (stored / f"{SHA256}.parquet").chmod(0o644)
        (stored / f"{SHA256}.parquet").write_bytes(b"damaged")
        assert store_snapshot(stored, CONTENT, RECORD)
        assert get_snapshot(stored, SHA256).read_bytes() == CONTENT
        assert find_record(stored, SHA256) == RECORD

    def test_the_record_has_to_be_that_of_the_table(self, folder):
        with pytest.raises(DataError, match=f"the record is that of {OTHER}"):
            store_snapshot(folder, CONTENT, replace(RECORD, sha256=OTHER))

    def test_a_table_that_can_not_be_written_leaves_nothing(self, folder, monkeypatch):
        from regression_model.processing.datasets import snapshot_store

        write = snapshot_store.write_read_only

        def full(path, content):
            if path.suffix == ".parquet":
                raise OSError(28, "No space left on device")
            write(path, content)

        monkeypatch.setattr(snapshot_store, "write_read_only", full)
        with pytest.raises(OSError, match="No space left"):
            store_snapshot(folder, CONTENT, RECORD)
        with pytest.raises(DataNotFoundError):
            get_snapshot(folder, SHA256)
        assert [each.state for each in list_snapshots(folder)] == ["missing"]


class TestFinding:
    @pytest.mark.parametrize("digest", [OTHER, SHA256])
    def test_one_that_is_not_there(self, folder, digest):
        with pytest.raises(DataNotFoundError, match=rf"no snapshot {digest} in .*snapshots; bring {digest}\.parquet"):
            get_snapshot(folder, digest)

    def test_a_damaged_one(self, stored):
        path = stored / f"{SHA256}.parquet"
        path.chmod(0o644)
        path.write_bytes(CONTENT + b"x")
        with pytest.raises(DataError, match=rf"is damaged: its bytes have SHA-256 .*, its name says {SHA256}"):
            get_snapshot(stored, SHA256)

    @pytest.mark.parametrize("digest", ["", "abc", SHA256.upper(), f"../{SHA256}", SHA256 + "\n"])
    def test_what_is_no_digest(self, stored, digest):
        for use in (lambda: get_snapshot(stored, digest), lambda: erase_snapshot(stored, digest, "why")):
            with pytest.raises(DataError, match="a snapshot is named by its SHA-256, 64 digits"):
                use()

    @pytest.mark.parametrize("text", ["{", "[]", "{}", '{"sha256": 1}', '{"dropped": 1, "pseudonymised": []}', "\xff"])
    def test_a_record_that_can_not_be_read(self, stored, text):
        (stored / f"{SHA256}.json").chmod(0o644)
        (stored / f"{SHA256}.json").write_text(text, encoding="latin-1")
        with pytest.raises(DataError, match=rf"{SHA256}\.json can't be read"):
            find_record(stored, SHA256)
        (stored / f"{SHA256}.erased.json").write_text(text, encoding="latin-1")
        with pytest.raises(DataError, match=rf"{SHA256}\.erased\.json can't be read"):
            get_snapshot(stored, SHA256)


class TestErasing:
    def test_leaves_a_tombstone_alone(self, stored):
        (stored / f".{SHA256}.parquet.abcdef.part").write_bytes(CONTENT[:5])
        tombstone = erase_snapshot(stored, SHA256, "  a person asked for it ")

        assert names_in(stored) == [f"{SHA256}.erased.json"]
        assert tombstone == find_tombstone(stored, SHA256)
        assert (tombstone.sha256, tombstone.reason) == (SHA256, "a person asked for it")
        assert abs((datetime.now(UTC) - datetime.fromisoformat(tombstone.erased)).total_seconds()) < 60
        content = json.loads((stored / f"{SHA256}.erased.json").read_text(encoding="utf-8"))
        assert set(content) == {"sha256", "erased", "reason"}

    def test_looking_for_it_says_so(self, stored):
        erase_snapshot(stored, SHA256, "a person asked for it")
        with pytest.raises(DataNotFoundError, match=r"was erased on 20.*, because: a person asked for it\. Make a new"):
            get_snapshot(stored, SHA256)

    def test_the_first_reason_stands(self, stored):
        first = erase_snapshot(stored, SHA256, "first")
        assert erase_snapshot(stored, SHA256, "second") == first

    def test_one_that_was_interrupted_is_finished(self, stored):
        """Given a tombstone beside the table, as a killed process leaves it."""
        tombstone = {"sha256": SHA256, "erased": "2026-01-31T12:00:00+00:00", "reason": "first"}
        (stored / f"{SHA256}.erased.json").write_text(json.dumps(tombstone), encoding="utf-8")
        with pytest.raises(DataNotFoundError, match="was erased"):
            get_snapshot(stored, SHA256)
        assert erase_snapshot(stored, SHA256, "second") == Tombstone(**tombstone)
        assert names_in(stored) == [f"{SHA256}.erased.json"]

    def test_needs_a_reason(self, stored):
        with pytest.raises(DataError, match="needs a reason"):
            erase_snapshot(stored, SHA256, " ")
        assert get_snapshot(stored, SHA256)

    def test_one_that_never_was(self, stored):
        with pytest.raises(DataNotFoundError, match=f"no snapshot {OTHER} in .*; nothing was erased"):
            erase_snapshot(stored, OTHER, "why")
        assert len(names_in(stored)) == 2


class TestListing:
    def test_a_folder_that_does_not_exist(self, folder):
        assert list_snapshots(folder) == []

    def test_the_newest_first(self, stored):
        digests = [SHA256]
        for year in (2025, 2027, 2026):
            content = str(year).encode()
            digest = hashlib.sha256(content).hexdigest()
            store_snapshot(stored, content, replace(RECORD, sha256=digest, retrieved=f"{year}-06-01T00:00:00+00:00"))
            digests.append(digest)
        (stored / f"{OTHER}.parquet").write_bytes(b"brought without its record")
        (stored / "notes.txt").write_text("no snapshot", encoding="utf-8")
        erase_snapshot(stored, digests[1], "why")

        found = list_snapshots(stored)

        assert {each.sha256: each.state for each in found} == {
            OTHER: "here",
            digests[0]: "here",
            digests[1]: "erased",
            digests[2]: "here",
            digests[3]: "here",
        }
        times = [each.record.retrieved if each.record else "" for each in found if each.state == "here"]
        assert times == sorted(times, reverse=True)
        assert found[-1].sha256 == OTHER

    DAMAGED_RECORDS = (
        b"",
        b"[]",
        b"{}",
        b"\xff",
        json.dumps(asdict(RECORD) | {"n_rows": "many"}).encode(),
        json.dumps(asdict(RECORD) | {"retrieved": None}).encode(),
        json.dumps(asdict(RECORD) | {"source": {}}).encode(),
        json.dumps(asdict(RECORD) | {"as_of": {"column": "a"}}).encode(),
        json.dumps(asdict(RECORD) | {"dropped": [1]}).encode(),
        json.dumps(asdict(RECORD) | {"sha256": OTHER}).encode(),
    )

    @pytest.mark.parametrize("content", DAMAGED_RECORDS)
    def test_one_that_is_damaged_does_not_hide_the_others(self, stored, content):
        damage(stored / f"{SHA256}.json", content)
        sound = hashlib.sha256(b"sound").hexdigest()
        store_snapshot(stored, b"sound", replace(RECORD, sha256=sound))
        (stored / f"{OTHER}.erased.json").write_bytes(b"{")

        found = {each.sha256: each for each in list_snapshots(stored)}

        assert {digest: each.state for digest, each in found.items()} == {
            sound: "here",
            SHA256: "damaged",
            OTHER: "damaged",
        }
        assert found[SHA256].record is None
        assert f"{SHA256}.json can't be read (" in found[SHA256].problem
        assert f"{OTHER}.erased.json can't be read (" in found[OTHER].problem
        assert found[sound].problem is None


def damage(path, content):
    path.chmod(0o644)
    path.write_bytes(content)
