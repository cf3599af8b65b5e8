from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest

from regression_model.config import SourceConfig
from regression_model.errors import DataError, DownloadError
from regression_model.processing.datasets.cache import (
    CachedFile,
    fetch_into_cache,
    find_cached,
    find_record,
    source_label,
)
from regression_model.processing.datasets.environment import DataLocations

CONTENT = b"area,price\n100,200000\n"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
ARFF = b"@attribute area numeric\n@attribute price numeric\n@data\n100,200000\n"


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def locations(tmp_path, server):
    return DataLocations(data_dir=None, cache_dir=tmp_path / "cache", openml_url=server.url)


@pytest.fixture
def fetch(locations, settings):
    return lambda source: fetch_into_cache("houses", source, locations, settings)


def test_a_url_is_fetched_and_recorded(server, fetch, locations):
    url = server.script("/some.csv", server.body(CONTENT))

    found = fetch(SourceConfig(url=url))

    assert found == CachedFile(locations.cache_dir / "houses.csv", location=url)
    assert found.path.read_bytes() == CONTENT
    record = json.loads((locations.cache_dir / "houses.csv.source.json").read_text())
    retrieved = datetime.fromisoformat(record.pop("retrieved"))
    digest = hashlib.sha256(url.encode()).hexdigest()
    assert record == {"source": url, "url": url, "sha256": SHA256, "n_bytes": len(CONTENT), "source_sha256": digest}
    assert timedelta(0) <= datetime.now(UTC) - retrieved < timedelta(minutes=1)
    assert names_in(locations.cache_dir) == ["houses.csv", "houses.csv.source.json"]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/a.parquet", "houses.parquet"),
        ("/a.CSV.gz", "houses.csv.gz"),
        ("/a.json?version=1.csv", "houses.json"),
        ("/get?file=5", "houses.csv"),
        ("/a%2Ejson", "houses.json"),
    ],
)
def test_the_url_says_the_format(server, fetch, path, name):
    url = server.script(path, server.body(CONTENT))

    assert fetch(SourceConfig(url=url)).path.name == name


def test_openml(server, fetch, locations):
    server.script("/data/7.arff", server.body(ARFF))
    server.openml(7, "/data/7.arff", md5=hashlib.md5(ARFF).hexdigest())

    found = fetch(SourceConfig(openml=7))

    assert found == CachedFile(locations.cache_dir / "houses.arff", location=f"{server.url}/data/7.arff")
    record = find_record(found.path)
    assert (record.source, record.url) == ("openml:7", f"{server.url}/data/7.arff")


def test_openml_s_own_checksum_is_checked(server, fetch, locations):
    server.script("/data/7.arff", server.body(ARFF))
    server.openml(7, "/data/7.arff", md5="0" * 32)

    with pytest.raises(DownloadError, match=r"expected MD5 0+, found"):
        fetch(SourceConfig(openml=7))

    assert names_in(locations.cache_dir) == []


def test_the_pinned_checksum_is_checked(server, fetch, locations):
    url = server.script("/some.csv", server.body(CONTENT))

    with pytest.raises(DownloadError, match=r"expected SHA-256 0+, found"):
        fetch(SourceConfig(url=url, sha256="0" * 64))

    assert names_in(locations.cache_dir) == []


def test_what_was_fetched_is_found(server, fetch, locations):
    source = SourceConfig(url=server.script("/some.csv", server.body(CONTENT)))
    fetched = fetch(source)

    assert find_cached(locations.cache_dir, "houses", source) == fetched
    # A config that names no source takes what is there, too.
    assert find_cached(locations.cache_dir, "houses", None) == fetched
    assert find_cached(locations.cache_dir, "flats", source) is None


def test_a_cache_that_does_not_exist(tmp_path):
    assert find_cached(tmp_path / "none", "houses", None) is None


def test_a_file_without_a_record_is_a_person_s_own(tmp_path):
    (tmp_path / "houses.json").write_bytes(b"{}")

    found = find_cached(tmp_path, "houses", SourceConfig(openml=7))

    assert found == CachedFile(tmp_path / "houses.json", location="houses.json")


def test_csv_comes_before_other_formats(tmp_path):
    for suffix in (".json", ".parquet", ".csv.gz", ".csv"):
        (tmp_path / f"houses{suffix}").write_bytes(b"")

    assert find_cached(tmp_path, "houses", None).path.name == "houses.csv"


def test_a_file_that_is_not_the_pinned_one_is_refused(tmp_path):
    (tmp_path / "houses.csv").write_bytes(CONTENT)

    with pytest.raises(DataError, match=f"has SHA-256 {SHA256}, but 0+ the config pins; delete it to download"):
        find_cached(tmp_path, "houses", SourceConfig(openml=7, sha256="0" * 64))


def test_a_file_that_changed_since_its_download_is_refused(server, fetch, locations):
    source = SourceConfig(url=server.script("/some.csv", server.body(CONTENT)))
    fetch(source).path.write_bytes(b"changed")

    with pytest.raises(DataError, match=f"but {SHA256} was recorded when it was downloaded"):
        find_cached(locations.cache_dir, "houses", source)


def test_a_file_from_another_source_is_not_used_and_then_replaced(server, fetch, locations):
    one = SourceConfig(url=server.script("/one.csv", server.body(CONTENT)))
    two = SourceConfig(url=server.script("/two.csv", server.body(b"a\n1\n")))
    fetch(one)

    assert find_cached(locations.cache_dir, "houses", two) is None
    fetch(two)
    assert find_cached(locations.cache_dir, "houses", two).location == two.url
    assert find_cached(locations.cache_dir, "houses", one) is None


def test_a_file_from_another_source_in_another_format_does_not_hide_ours(server, fetch, locations):
    one = SourceConfig(url=server.script("/one.csv", server.body(CONTENT)))
    two = SourceConfig(url=server.script("/two.json", server.body(b'{"a": [1]}')))
    fetch(one)
    fetch(two)

    assert find_cached(locations.cache_dir, "houses", one).path.name == "houses.csv"
    assert find_cached(locations.cache_dir, "houses", two).path.name == "houses.json"


def test_a_file_from_another_source_with_the_pinned_bytes_is_used(server, fetch, locations):
    fetch(SourceConfig(url=server.script("/one.csv", server.body(CONTENT))))
    mirror = SourceConfig(url=f"{server.url}/mirror.csv", sha256=SHA256)

    assert find_cached(locations.cache_dir, "houses", mirror).path.name == "houses.csv"


def test_sources_that_differ_by_what_is_hidden_are_told_apart(server, fetch, locations):
    one, two = (SourceConfig(url=server.script(f"/get?file={n}", server.body(CONTENT))) for n in (1, 2))
    found = fetch(one)

    assert found.location == f"{server.url}/get?…"
    assert "file=" not in (locations.cache_dir / "houses.csv.source.json").read_text(encoding="utf-8")
    assert find_cached(locations.cache_dir, "houses", one) == found
    assert find_cached(locations.cache_dir, "houses", two) is None
    # A manifest's config has no query: which of them it was trained on, only the digest of the data tells.
    assert find_cached(locations.cache_dir, "houses", SourceConfig(url=found.location)) is None
    assert find_cached(locations.cache_dir, "houses", SourceConfig(url=found.location, sha256=SHA256)) == found


def test_a_record_of_an_earlier_release_holds_good(tmp_path, caplog):
    caplog.set_level("DEBUG")
    url = "https://host/t.csv?token=hush"
    (tmp_path / "houses.csv").write_bytes(CONTENT)
    record = {"source": url, "url": url, "sha256": SHA256, "n_bytes": len(CONTENT), "retrieved": "2026-01-01T00:00:00Z"}
    (tmp_path / "houses.csv.source.json").write_text(json.dumps(record), encoding="utf-8")

    assert find_cached(tmp_path, "houses", SourceConfig(url=url)).location == "https://host/t.csv?…"
    assert find_cached(tmp_path, "houses", SourceConfig(url=f"{url}2")) is None
    assert "came from https://host/t.csv?…; it is not used" in caplog.text
    assert "hush" not in caplog.text


@pytest.mark.parametrize("url", ["https://[::1/t.csv", "https://me:hush@host/t.csv", "http://host:hush/t.csv"])
def test_a_url_that_can_not_be_used(fetch, url):
    with pytest.raises(DownloadError) as caught:
        fetch(SourceConfig(url=url))
    assert "hush" not in str(caught.value)


def test_the_record_of_a_file_that_is_gone_does_not_judge_the_next(server, fetch, locations):
    url = server.script("/some.csv", server.body(CONTENT))
    fetch(SourceConfig(url=url)).path.unlink()
    server.script("/some.csv", server.status(404))

    with pytest.raises(DownloadError, match="HTTP 404"):
        fetch(SourceConfig(url=url))

    assert find_record(locations.cache_dir / "houses.csv") is None


@pytest.mark.parametrize("content", [b"{", b"[]", b"{}", b'{"source": 1}', b"\xff"])
def test_a_record_that_is_none(tmp_path, content):
    (tmp_path / "houses.csv").write_bytes(CONTENT)
    (tmp_path / "houses.csv.source.json").write_bytes(content)

    with pytest.raises(DataError, match=r"record .*houses\.csv\.source\.json can't be read .*delete it and houses"):
        find_cached(tmp_path, "houses", None)


def test_labels():
    assert source_label(SourceConfig(openml=7)) == "openml:7"
    assert source_label(SourceConfig(url="https://host/t.csv")) == "https://host/t.csv"
    assert source_label(SourceConfig(url="https://me:hush@host/t.csv?hush")) == "https://…@host/t.csv?…"
