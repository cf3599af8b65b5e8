"""A snapshot that a config names: only that one, or none."""

from __future__ import annotations

import hashlib

import pytest

from regression_model.errors import DataError, DataNotFoundError
from regression_model.processing.datasets import DataLocations, Provenance, load_dataset
from regression_model.processing.datasets.snapshot_store import erase_snapshot
from regression_model.processing.snapshots import Treatment, freeze, read_file

CONTENT = b"area,price\n100,200000\n50,100000\n"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def locations(tmp_path, server):
    (tmp_path / "tables").mkdir()
    return DataLocations(tmp_path / "tables", tmp_path / "cache", server.url)


@pytest.fixture
def load(build_config, locations, settings):
    def load(data, **options):
        return load_dataset(build_config(data), locations=locations, settings=settings, **options)

    return load


def put(folder, content=CONTENT, name="houses.csv"):
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


@pytest.fixture
def frozen(locations, tmp_path):
    """A snapshot of the table, in its place; its digest."""
    path = put(tmp_path / "source")
    return freeze(read_file(path, Treatment()), locations.snapshots).record.sha256


def test_a_snapshot_wins_over_every_place_that_the_config_names(load, locations, frozen, tmp_path):
    put(locations.data_dir, b"from\ndata_dir\n")
    path = put(tmp_path, b"from\nconfig\n", "c.csv")
    found = load({"snapshot": frozen, "path": str(path), "order_by": "area"})

    assert found.frame.to_dict("list") == {"area": ["50", "100"], "price": ["100000", "200000"]}
    assert found.provenance == Provenance(
        name="houses",
        kind="snapshot",
        location=f"{frozen}.parquet",
        sha256=frozen,
        n_rows=2,
        n_columns=2,
        synthetic=False,
    )


def test_whoever_asks_for_another_table_gets_it(load, frozen, tmp_path):
    path = put(tmp_path, b"from\npath\n", "p.csv")
    data = {"snapshot": frozen, "sample": "house_prices"}

    assert load(data, path=path).provenance.kind == "path"
    assert load(data, allow_sample=True).provenance.kind == "sample"


def test_nothing_stands_in_for_a_snapshot(load, locations, server):
    put(locations.data_dir)
    url = server.script("/t.csv", server.body(CONTENT))

    with pytest.raises(DataNotFoundError, match=f"there is no snapshot {SHA256} in"):
        load({"snapshot": SHA256, "source": {"url": url}})
    assert server.requests == {}


def test_a_damaged_snapshot_is_refused_before_it_is_read(load, locations, frozen):
    path = locations.snapshots / f"{frozen}.parquet"
    path.chmod(0o644)
    path.write_bytes(b"no table at all")

    with pytest.raises(DataError, match="is damaged: its bytes have SHA-256"):
        load({"snapshot": frozen})


def test_an_erased_snapshot_is_said_so(load, locations, frozen):
    erase_snapshot(locations.snapshots, frozen, "a person asked for it")

    with pytest.raises(DataNotFoundError, match="was erased on .*, because: a person asked for it"):
        load({"snapshot": frozen})


def test_the_folder_of_snapshots_comes_from_the_environment(build_config, locations, frozen, monkeypatch):
    monkeypatch.setenv("REGRESSION_MODEL_SNAPSHOTS", str(locations.snapshots))

    assert load_dataset(build_config({"snapshot": frozen})).provenance.sha256 == frozen
