from __future__ import annotations

import hashlib

import pytest

from regression_model.config import parse_config
from regression_model.errors import DataError, DataNotFoundError
from regression_model.processing.datasets import DataLocations
from regression_model.processing.datasets.snapshot_store import erase_snapshot
from regression_model.processing.sample import load_sample_path
from regression_model.verification.data_search import WantedTable, find_table

CONFIG = """
pipeline_name: houses
task: regression
data:
  name: houses
  path: own/houses.csv
  source:
    url: http://127.0.0.1:9/never-asked.csv
target:
  column: price
features:
  number: area
model:
  family: ridge
"""
TABLE = b"area,price\n1,2\n"


@pytest.fixture
def wanted():
    return WantedTable(hashlib.sha256(TABLE).hexdigest(), synthetic=False)


@pytest.fixture
def config(tmp_path):
    return parse_config(CONFIG, file=tmp_path / "config.yml")


@pytest.fixture
def locations(tmp_path):
    for name in ("own", "data", "cache", "snapshots"):
        (tmp_path / name).mkdir()
    return DataLocations(tmp_path / "data", tmp_path / "cache", snapshot_dir=tmp_path / "snapshots")


@pytest.mark.parametrize(
    ("file", "place"),
    [
        ("own/houses.csv", "data.path of the config"),
        ("data/houses.csv", "houses.csv in $REGRESSION_MODEL_DATA"),
        ("data/renamed.csv", "renamed.csv in $REGRESSION_MODEL_DATA"),
        ("cache/houses.csv", "houses.csv in the cache"),
    ],
)
def test_a_table_is_found_by_its_digest_wherever_it_is(wanted, config, locations, tmp_path, file, place):
    for decoy in ("own/houses.csv", "data/houses.csv", "data/a.csv", "cache/houses.csv"):
        (tmp_path / decoy).write_bytes(b"area,price\n3,4\n")
    (tmp_path / file).write_bytes(TABLE)
    found = find_table(wanted, config, locations=locations)
    assert (found.path, found.place) == (tmp_path / file, place)


def test_a_snapshot_is_found_by_its_name(wanted, config, locations, tmp_path):
    path = tmp_path / "snapshots" / f"{wanted.sha256}.parquet"
    path.write_bytes(TABLE)
    assert find_table(wanted, config, locations=locations).path == path
    path.write_bytes(b"damaged")
    with pytest.raises(DataError, match="is damaged"):
        find_table(wanted, config, locations=locations)


def test_a_snapshot_that_the_configuration_names_is_looked_for_nowhere_else(wanted, config, locations, tmp_path):
    (tmp_path / "data" / "houses.csv").write_bytes(TABLE)
    data = config.data.model_copy(update={"snapshot": wanted.sha256})
    with pytest.raises(DataNotFoundError, match="there is no snapshot"):
        find_table(wanted, config.model_copy(update={"data": data}), locations=locations)


def test_nothing_is_downloaded(wanted, config, locations):
    with pytest.raises(DataNotFoundError, match=f"no table with SHA-256 {wanted.sha256} was found.*--data"):
        find_table(wanted, config, locations=locations)


def test_a_file_that_is_named_is_the_only_one_looked_at(wanted, config, locations, tmp_path):
    (tmp_path / "data" / "houses.csv").write_bytes(TABLE)
    given = tmp_path / "given.csv"
    with pytest.raises(DataNotFoundError, match="no table at"):
        find_table(wanted, config, path=given, locations=locations)
    given.write_bytes(b"area,price\n1,3\n")
    with pytest.raises(DataError, match=f"expected SHA-256 {wanted.sha256}, found"):
        find_table(wanted, config, path=given, locations=locations)
    given.write_bytes(TABLE)
    assert find_table(wanted, config, path=given, locations=locations).path == given


def test_the_sample_is_known_by_its_digest(config, locations):
    path = load_sample_path()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert find_table(WantedTable(digest, synthetic=True), config, locations=locations).path == path
    with pytest.raises(DataNotFoundError, match="an embedded sample with SHA-256 000"):
        find_table(WantedTable("0" * 64, synthetic=True), config, locations=locations)


def test_what_is_no_table_is_not_read(wanted, config, locations, tmp_path):
    (tmp_path / "data" / "houses.exe").write_bytes(TABLE)
    (tmp_path / "data" / "houses.csv").mkdir()
    with pytest.raises(DataNotFoundError):
        find_table(wanted, config, locations=locations)


def test_a_path_that_names_no_table_is_not_even_hashed(wanted, config, locations, tmp_path, monkeypatch):
    """A manifest may name /proc/kcore, which has no end."""
    hashed = []
    monkeypatch.setattr("regression_model.verification.data_search.digest_file", lambda path: hashed.append(path) or "")
    (tmp_path / "kcore").write_bytes(TABLE)
    data = config.data.model_copy(update={"path": tmp_path / "kcore"})
    with pytest.raises(DataNotFoundError):
        find_table(wanted, config.model_copy(update={"data": data}), locations=locations)
    assert hashed == []


def test_an_erased_snapshot_is_explained(wanted, config, locations, tmp_path):
    (tmp_path / "snapshots" / f"{wanted.sha256}.parquet").write_bytes(TABLE)
    erase_snapshot(tmp_path / "snapshots", wanted.sha256, "a customer asked for it")
    with pytest.raises(DataNotFoundError, match="no table with .* was erased on .* a customer asked for it"):
        find_table(wanted, config, locations=locations)
    data = config.data.model_copy(update={"snapshot": wanted.sha256})
    with pytest.raises(DataNotFoundError, match="was erased on .* a customer asked for it"):
        find_table(wanted, config.model_copy(update={"data": data}), locations=locations)
