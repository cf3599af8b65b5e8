from __future__ import annotations

import hashlib
import logging

import pytest

from regression_model.errors import DataError, DataNotFoundError, DownloadError
from regression_model.processing.datasets import DataLocations, Provenance, load_dataset

CONTENT = b"area,price\n100,200000\n50,100000\n"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


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


def test_every_place_in_its_turn(load, locations, server, tmp_path):
    """Given a table in every place, each place wins until it is emptied."""
    source = {"url": server.script("/t.csv", server.body(b"from\nsource\n"))}
    data = {
        "source": source,
        "sample": "house_prices",
        "path": str(put(tmp_path, b"from\nconfig\n", "c.csv")),
    }
    path = put(tmp_path, b"from\npath\n", "p.csv")
    in_data_dir = put(locations.data_dir, b"from\ndata_dir\n")
    put(locations.cache_dir, b"from\ncache\n")

    def kind_and_content(data, **options):
        found = load(data, **options)
        return found.provenance.kind, found.frame["from"].tolist()

    assert kind_and_content(data, path=path, allow_sample=True) == ("path", ["path"])
    assert load(data, allow_sample=True).provenance.kind == "sample"
    assert kind_and_content(data) == ("path", ["config"])
    del data["path"]
    assert kind_and_content(data) == ("data_dir", ["data_dir"])
    in_data_dir.unlink()
    assert kind_and_content(data) == ("cache", ["cache"])
    (locations.cache_dir / "houses.csv").unlink()
    assert server.requests == {}
    assert kind_and_content(data) == ("download", ["source"])
    assert kind_and_content(data) == ("cache", ["source"])
    assert len(server.requests["/t.csv"]) == 1


def test_provenance_of_a_file(load, locations):
    put(locations.data_dir)

    assert load({}).provenance == Provenance(
        name="houses",
        kind="data_dir",
        location="houses.csv",
        sha256=SHA256,
        n_rows=2,
        n_columns=2,
        synthetic=False,
    )


def test_provenance_has_no_path_of_this_machine(load, locations, server, tmp_path):
    url = server.script("/t.csv", server.body(CONTENT))
    found = [
        load({}, path=put(tmp_path / "else", name="mine.csv")),
        load({"path": str(tmp_path / "else" / "mine.csv")}),
        load({"source": {"url": url}}),
        load({"source": {"url": url}}),
        load({"sample": "house_prices"}, allow_sample=True),
    ]

    assert [(table.provenance.kind, table.provenance.location) for table in found] == [
        ("path", "mine.csv"),
        ("path", "mine.csv"),
        ("download", url),
        ("cache", url),
        ("sample", "house_prices_sample.csv.gz"),
    ]
    assert str(tmp_path) not in repr([table.provenance for table in found])


def test_the_content_is_the_same_wherever_it_was_found(load, locations, server, tmp_path):
    data = {"source": {"url": server.script("/t.csv", server.body(CONTENT))}}
    downloaded, cached = load(data), load(data)
    given = load(data, path=put(tmp_path, name="other name.csv"))

    assert downloaded.provenance.content() == cached.provenance.content() == given.provenance.content()
    assert downloaded.provenance.content() == {
        "name": "houses",
        "sha256": SHA256,
        "n_rows": 2,
        "n_columns": 2,
        "synthetic": False,
    }


def test_a_path_of_the_config_is_relative_to_its_file(build_config, tmp_path, monkeypatch):
    put(tmp_path / "tables")
    monkeypatch.chdir("/")
    config = build_config({"path": "tables/houses.csv"}, file=tmp_path / "config.yml")

    assert load_dataset(config).frame.shape == (2, 2)


@pytest.mark.parametrize("where", ["argument", "config"])
def test_a_path_that_is_given_must_exist(load, locations, tmp_path, where):
    put(locations.data_dir)
    missing = tmp_path / "missing.csv"

    with pytest.raises(DataNotFoundError, match=r"no table at .*missing\.csv"):
        load({}, path=missing) if where == "argument" else load({"path": str(missing)})


def test_rows_are_ordered_as_the_config_says(load, locations):
    put(locations.data_dir)

    assert load({"order_by": ["area"]}).frame["area"].tolist() == ["50", "100"]
    assert load({}).frame["area"].tolist() == ["100", "50"]


@pytest.mark.parametrize("name", ["houses.csv.gz", "houses.parquet", "houses.json", "houses.arff"])
def test_other_formats_in_the_folder(load, locations, name):
    put(locations.data_dir, b"no table at all", name)

    # That the file is refused shows that it was found.
    with pytest.raises(DataError, match=name):
        load({})


class TestSample:
    def test_says_that_it_is_synthetic(self, load, caplog):
        with caplog.at_level(logging.WARNING, logger="regression_model"):
            found = load({"sample": "house_prices"}, allow_sample=True)

        assert "synthetic" in caplog.text
        assert found.provenance.synthetic
        assert found.frame.shape == (found.provenance.n_rows, found.provenance.n_columns) == (800, 81)
        assert "SalePrice" in found.frame.columns

    def test_needs_no_network_and_no_folder(self, build_config, server, monkeypatch):
        config = build_config({"sample": "house_prices", "source": {"url": f"{server.url}/t.csv"}})
        # Reading the locations would fail.
        monkeypatch.setenv("REGRESSION_MODEL_OPENML_URL", "no URL")

        assert load_dataset(config, allow_sample=True).provenance.kind == "sample"
        assert server.requests == {}

    def test_is_never_used_unasked(self, load):
        with pytest.raises(DataNotFoundError, match="--sample uses the embedded synthetic sample"):
            load({"sample": "house_prices"})

    def test_there_may_be_none(self, load, locations):
        put(locations.data_dir)

        with pytest.raises(DataNotFoundError, match="there is no embedded sample for 'houses'"):
            load({}, allow_sample=True)


class TestNothingFound:
    def test_every_place_is_listed(self, load, locations):
        with pytest.raises(DataNotFoundError) as caught:
            load({})

        message = str(caught.value)
        assert "no table 'houses'" in message
        assert f"$REGRESSION_MODEL_DATA: {locations.data_dir / 'houses'}.*" in message
        assert f"the cache: {locations.cache_dir / 'houses'}.*" in message
        assert "data.source in the config: not given" in message
        assert "set REGRESSION_MODEL_DATA" in message
        assert "--sample" not in message
        assert not locations.cache_dir.exists()

    def test_without_a_data_folder(self, build_config, tmp_path):
        with pytest.raises(DataNotFoundError, match=r"\$REGRESSION_MODEL_DATA: not set"):
            load_dataset(build_config({}), locations=DataLocations(None, tmp_path))

    def test_the_locations_come_from_the_environment(self, build_config, tmp_path, monkeypatch):
        monkeypatch.setenv("REGRESSION_MODEL_DATA", str(tmp_path))
        put(tmp_path)

        assert load_dataset(build_config({})).provenance.kind == "data_dir"

    def test_a_source_that_fails(self, load, locations, server):
        url = server.script("/t.csv", server.status(503))

        with pytest.raises(DownloadError) as caught:
            load({"source": {"url": url}, "sample": "house_prices"})

        message = str(caught.value)
        assert f"the table 'houses' could not be downloaded: {url}: HTTP 503" in message
        assert "attempt 3 of 3" in message
        assert str(locations.data_dir) in message
        assert "--sample" in message


class TestDownload:
    def test_from_openml_with_retries_and_progress(self, load, locations, server):
        arff = b"@attribute area numeric\n@attribute price numeric\n@data\n100,?\n"
        server.openml(7, "/data/7.arff", md5=hashlib.md5(arff).hexdigest())
        server.script("/data/7.arff", server.status(500), server.cut(arff), server.body(arff))
        reports = []

        found = load(
            {"source": {"openml": 7, "sha256": hashlib.sha256(arff).hexdigest()}},
            progress=lambda done, total: reports.append((done, total)),
        )

        assert found.frame.to_dict("list") == {"area": ["100"], "price": [""]}
        assert found.provenance.kind == "download"
        assert reports[-1] == (len(arff), len(arff))
        assert names_in(locations.cache_dir) == ["houses.arff", "houses.arff.source.json"]

    def test_a_forged_file_is_refused(self, load, locations, server):
        url = server.script("/t.csv", server.body(b"forged\n1\n"))

        with pytest.raises(DownloadError, match=f"expected SHA-256 {SHA256}, found"):
            load({"source": {"url": url, "sha256": SHA256}})

        assert names_in(locations.cache_dir) == []

    def test_a_cached_file_that_is_not_the_pinned_one_is_refused_without_network(self, load, locations, server):
        put(locations.cache_dir, b"changed\n1\n")

        with pytest.raises(DataError, match="the config pins; delete it to download it again"):
            load({"source": {"url": f"{server.url}/t.csv", "sha256": SHA256}})

        assert server.requests == {}

    def test_a_web_page_instead_of_a_table(self, load, server):
        url = server.script("/t.csv", server.body(b"<html>\n<p>a, b</p>\n</html>\n"))

        with pytest.raises(DataError, match="line 2: 2 cells, but the header has 1 column"):
            load({"source": {"url": url}})
