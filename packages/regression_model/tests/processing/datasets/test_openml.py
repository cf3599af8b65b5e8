from __future__ import annotations

import json

import pytest

from regression_model.errors import DownloadError
from regression_model.processing.datasets.openml import OpenMLFile, find_openml_file


def test_finds_the_file(server, settings):
    server.openml(42165, "/data/houses.arff", md5="0" * 32)

    found = find_openml_file(42165, server.url + "/", settings)

    assert found == OpenMLFile(name="houses", url=f"{server.url}/data/houses.arff", md5="0" * 32, suffix=".arff")


@pytest.mark.parametrize(("file_format", "suffix"), [("arff", ".arff"), ("CSV", ".csv"), ("Parquet", ".parquet")])
def test_formats(server, settings, file_format, suffix):
    server.openml(7, "/data/file", file_format=file_format)

    found = find_openml_file(7, server.url, settings)

    assert (found.suffix, found.md5) == (suffix, None)


def test_a_sparse_dataset_is_refused(server, settings):
    server.openml(7, "/data/file", file_format="Sparse_ARFF")

    with pytest.raises(DownloadError, match="dataset 7: its format is 'Sparse_ARFF'; expected one of"):
        find_openml_file(7, server.url, settings)


def test_an_unknown_dataset(server, settings, waits):
    server.script("/api/v1/json/data/99999", server.status(412))

    with pytest.raises(DownloadError, match=r"OpenML dataset 99999: .*HTTP 412"):
        find_openml_file(99999, server.url, settings)

    assert waits == []


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>",
        b"\xff",
        b"[]",
        b"{}",
        b"null",
        json.dumps({"error": {"code": "111", "message": "Unknown dataset"}}).encode(),
        json.dumps({"data_set_description": {"name": "houses"}}).encode(),
        json.dumps({"data_set_description": ["url"]}).encode(),
        json.dumps({"data_set_description": {"url": 5}}).encode(),
        json.dumps({"data_set_description": {"url": "http://host/f", "md5_checksum": 5}}).encode(),
    ],
)
def test_an_answer_of_another_form(server, settings, answer):
    server.script("/api/v1/json/data/7", server.body(answer))

    with pytest.raises(DownloadError, match=r"OpenML dataset 7: (the answer is not a description|url and md5)"):
        find_openml_file(7, server.url, settings)


def test_an_answer_without_end_is_refused(server, settings):
    server.script("/api/v1/json/data/7", server.endless())

    with pytest.raises(DownloadError, match="the limit is"):
        find_openml_file(7, server.url, settings)
