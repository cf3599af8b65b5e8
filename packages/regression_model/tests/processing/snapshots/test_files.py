from __future__ import annotations

import hashlib
import json

import pytest

from regression_model.config import parse_config
from regression_model.errors import DataError, DataNotFoundError, DownloadError
from regression_model.processing.datasets import DataLocations, load_dataset, read_table
from regression_model.processing.snapshots import Treatment, freeze, read_config_table, read_file, read_openml

CONTENT = b"area,price,town\n100,200000,Ulm\n,100000,\n50,5,Ulm\n"
CONFIG = """
pipeline_name: houses
task: regression
data:
  name: houses
  path: houses.csv
  order_by: [area]{more}
target:
  column: price
features:
  number: [area]
model:
  family: ridge
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "houses.csv"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def locations(tmp_path, folder):
    return DataLocations(None, tmp_path / "cache", "http://127.0.0.1:1", folder)


def test_a_file_keeps_its_order(file, folder):
    found = freeze(read_file(file, Treatment()), folder)

    assert read_table(found.path).to_dict("list") == read_table(file).to_dict("list")
    assert found.record.row_order == "of the file"
    assert found.record.source == {
        "kind": "file",
        "name": "houses.csv",
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
    }
    assert found.record.columns == dict.fromkeys(["area", "price", "town"], "string")


def test_the_same_rows_of_another_file_are_the_same_snapshot(file, folder):
    first = freeze(read_file(file, Treatment()), folder)
    other = file.with_name("other.tsv")
    other.write_bytes(CONTENT.replace(b",", b"\t").replace(b"\n", b"\r\n"))

    second = freeze(read_file(other, Treatment()), folder)

    assert second.record == first.record
    assert not second.is_new


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(DataNotFoundError, match="no table at"):
        read_file(tmp_path / "gone.csv", Treatment())


def test_a_column_that_is_not_there(file):
    with pytest.raises(DataError, match=r"no column 'twon' \(did you mean 'town'\?\)"):
        read_file(file, Treatment(drop=("twon",)))


def test_training_on_the_snapshot_sees_what_it_saw_on_the_file(file, folder, locations):
    """Given a config with an order of its own, when its table is frozen, then the order holds there, too."""
    config = parse_config(CONFIG.format(more=""), file=file.with_name("c.yml"))
    found = freeze(read_config_table(config, Treatment(), locations), folder)
    named = parse_config(CONFIG.format(more=f"\n  snapshot: {found.record.sha256}"), file=file.with_name("c.yml"))
    before = load_dataset(config)
    file.write_bytes(b"area,price,town\n1,2,changed\n")

    after = load_dataset(named, locations=locations)

    assert after.frame.to_dict("list") == before.frame.to_dict("list")
    assert after.frame["area"].tolist() == ["50", "100", ""]
    assert read_table(found.path)["area"].tolist() == ["100", "", "50"]
    assert found.record.source == {
        "kind": "path",
        "name": "houses",
        "location": "houses.csv",
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
    }


def test_a_config_that_names_a_snapshot_is_frozen_from_its_source(file, folder, locations):
    config = parse_config(CONFIG.format(more=f"\n  snapshot: {'0' * 64}"), file=file.with_name("c.yml"))
    assert read_config_table(config, Treatment(), locations).source["kind"] == "path"


def test_openml_is_asked_once(folder, locations, server, settings):
    arff = b"@attribute area numeric\n@attribute price numeric\n@data\n100,?\n"
    server.openml(7, "/data/7.arff", md5=hashlib.md5(arff).hexdigest())
    server.script("/data/7.arff", server.body(arff))
    places = DataLocations(None, locations.cache_dir, server.url)

    first, second = (freeze(read_openml(7, Treatment(), places, settings=settings), folder) for _ in range(2))

    assert first.record == second.record
    assert first.record.source == {
        "kind": "openml",
        "id": 7,
        "location": f"{server.url}/data/7.arff",
        "sha256": hashlib.sha256(arff).hexdigest(),
        "downloaded": downloaded_at(places.cache_dir / "openml_7.arff"),
    }
    assert len(server.requests["/data/7.arff"]) == 1


def downloaded_at(path):
    """When the cache says that a file was downloaded."""
    return json.loads(path.with_name(f"{path.name}.source.json").read_text(encoding="utf-8"))["retrieved"]


def test_a_table_that_has_to_be_downloaded_first(folder, locations, server):
    url = server.script("/t.csv", server.body(CONTENT))
    more = f"\n  source:\n    url: {url}"
    config = parse_config(CONFIG.format(more=more).replace("  path: houses.csv\n", ""))

    downloaded, cached = (read_config_table(config, Treatment(), locations).source for _ in range(2))

    assert (downloaded["kind"], cached["kind"]) == ("download", "cache")
    assert downloaded["downloaded"] == cached["downloaded"] == downloaded_at(locations.cache_dir / "houses.csv")
    assert downloaded["location"] == url
    assert len(server.requests["/t.csv"]) == 1


def test_a_signed_link_is_in_no_file(folder, locations, server, tmp_path):
    url = server.script("/t.csv?token=hush&sig=hush", server.body(CONTENT))
    more = f"\n  source:\n    url: '{url}#hush'"
    config = parse_config(CONFIG.format(more=more).replace("  path: houses.csv\n", ""))

    sources = [freeze(read_config_table(config, Treatment(), locations), folder).record.source for _ in range(2)]

    assert sources[0]["location"] == f"{server.url}/t.csv?…#…"
    assert len(server.requests["/t.csv?token=hush&sig=hush"]) == 1
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) == 4
    assert not any(b"hush" in content for content in written)


def test_openml_that_does_not_answer(locations, settings):
    with pytest.raises(DownloadError, match="OpenML dataset 7"):
        read_openml(7, Treatment(), locations, settings=settings)
