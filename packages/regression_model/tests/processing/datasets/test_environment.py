from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from regression_model.errors import DataError
from regression_model.processing.datasets.environment import DataLocations, read_locations, read_secret


def test_all_of_it_set():
    found = read_locations(
        {
            "REGRESSION_MODEL_DATA": "/tables",
            "REGRESSION_MODEL_CACHE": "/cached",
            "REGRESSION_MODEL_OPENML_URL": "http://127.0.0.1:8000/",
        }
    )

    assert found == DataLocations(Path("/tables"), Path("/cached"), "http://127.0.0.1:8000")


def test_empty_counts_as_not_set():
    names = ("REGRESSION_MODEL_DATA", "REGRESSION_MODEL_CACHE", "REGRESSION_MODEL_OPENML_URL")

    assert read_locations(dict.fromkeys(names, "")) == read_locations({})


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="XDG folders are for the other platforms")
@pytest.mark.parametrize(
    ("named", "expected"), [(None, "~/.cache"), ("", "~/.cache"), ("relative", "~/.cache"), ("/xdg", "/xdg")]
)
def test_the_cache_on_linux(named, expected):
    variables = {} if named is None else {"XDG_CACHE_HOME": named}

    assert read_locations(variables).cache_dir == Path(expected).expanduser() / "regression_model"


def test_the_cache_on_a_mac(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")

    assert read_locations({}).cache_dir == Path.home() / "Library" / "Caches" / "regression_model"


def test_the_cache_on_windows(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")

    assert read_locations({"LOCALAPPDATA": "/local"}).cache_dir == Path("/local/regression_model")


def test_the_environment_is_the_process_s_own(monkeypatch):
    monkeypatch.setenv("REGRESSION_MODEL_DATA", "/tables")

    assert read_locations().data_dir == Path("/tables")


def test_a_home_folder_may_be_written_short(monkeypatch):
    assert read_locations({"REGRESSION_MODEL_DATA": "~/tables"}).data_dir == Path.home() / "tables"


def test_a_user_without_a_home(monkeypatch):
    def no_home(_cls=None):
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", no_home)
    monkeypatch.setattr(sys, "platform", "linux")

    with pytest.raises(DataError, match="set REGRESSION_MODEL_CACHE"):
        read_locations({})
    assert read_locations({"REGRESSION_MODEL_CACHE": "/cached"}).cache_dir == Path("/cached")


@pytest.mark.parametrize("url", ["www.openml.org", "file:///tables", "ftp://host"])
def test_openml_is_http(url):
    with pytest.raises(DataError, match="REGRESSION_MODEL_OPENML_URL: expected an http or https URL"):
        read_locations({"REGRESSION_MODEL_OPENML_URL": url})


def test_snapshots_lie_beside_the_cache_unless_a_folder_is_named():
    beside = read_locations({"REGRESSION_MODEL_CACHE": "/cached/ours"})
    named = read_locations({"REGRESSION_MODEL_CACHE": "/cached/ours", "REGRESSION_MODEL_SNAPSHOTS": "~/frozen"})

    assert beside.snapshots == Path("/cached/ours_snapshots")
    assert named.snapshots == Path.home() / "frozen"


@pytest.mark.parametrize(("named", "expected"), [(".", "here_snapshots"), ("..", "deep_snapshots")])
def test_a_cache_without_a_name_of_its_own(tmp_path, monkeypatch, named, expected):
    (tmp_path / "deep" / "here").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "deep" / "here")
    beside = {"here_snapshots": tmp_path / "deep", "deep_snapshots": tmp_path}[expected]

    assert read_locations({"REGRESSION_MODEL_CACHE": named}).snapshots == beside / expected


def test_nothing_lies_beside_the_root_folder():
    found = read_locations({"REGRESSION_MODEL_CACHE": "/"})

    with pytest.raises(DataError, match="beside that of downloads, '/': set REGRESSION_MODEL_SNAPSHOTS"):
        _ = found.snapshots
    assert replace(found, snapshot_dir=Path("/frozen")).snapshots == Path("/frozen")


def test_the_password_of_a_server_is_not_repeated():
    with pytest.raises(DataError, match="expected an http or https URL, found 'ftp://…@host'"):
        read_locations({"REGRESSION_MODEL_OPENML_URL": "ftp://me:hush@host"})


def test_secrets_are_read_from_the_process_s_own_environment(monkeypatch):
    monkeypatch.setenv("OUR_SECRET", "open sesame")

    assert read_secret("OUR_SECRET", "the key") == "open sesame"


@pytest.mark.parametrize("environ", [{}, {"KEY": ""}])
def test_a_secret_that_is_not_set(environ):
    with pytest.raises(DataError, match="the environment variable KEY should hold the key, but it is not set"):
        read_secret("KEY", "the key", environ)
