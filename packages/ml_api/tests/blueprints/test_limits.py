"""Limits of what one request may bring: columns, texts, compression, parameters."""

from __future__ import annotations

import gzip
import json
import zlib

import pytest

from ml_api.app import create_app
from ml_api.settings import TestingSettings

PATH = "/v1/predict"


@pytest.fixture
def unpacking_client(model_folder):
    return create_app(TestingSettings(artifact=model_folder, accept_gzip=True)).test_client()


def _post_packed(client, body: bytes):
    return client.post(PATH, data=body, content_type="application/json", headers={"Content-Encoding": "gzip"})


def test_columns_are_limited(client, row, check_error):
    many = {**row, **{f"x{number}": 0 for number in range(1_000)}}
    details = check_error(client.post(PATH, json=[row, many]), 413, "too_many_columns")["details"]
    assert details == {"row": 1, "columns": len(many), "max_columns": 1_000}


def test_texts_are_limited(client, row, check_error):
    response = client.post(PATH, json={**row, "Neighborhood": "canary" * 2_000})
    details = check_error(response, 413, "text_too_long")["details"]
    assert details == {"row": 0, "field": "Neighborhood", "max_text_length": 10_000}
    assert "canary" not in response.text


def test_texts_in_tables_are_limited(client, check_error):
    response = client.post(PATH, data="a\n" + "x" * 10_001, content_type="text/csv")
    check_error(response, 413, "text_too_long")


def test_a_packed_body_is_read_where_the_operator_says_so(unpacking_client, row):
    assert _post_packed(unpacking_client, gzip.compress(json.dumps(row).encode())).status_code == 200
    assert unpacking_client.post(PATH, json=row).status_code == 200


def test_a_bomb_does_not_unfold(unpacking_client, check_error, monkeypatch):
    bomb = gzip.compress(b" " * 100_000_000)
    assert len(bomb) < 200_000
    unpacked = []
    real = zlib.decompressobj

    class Watched:
        def __init__(self, *arguments):
            self._real = real(*arguments)

        def decompress(self, *arguments):
            unpacked.append(self._real.decompress(*arguments))
            return unpacked[-1]

        def __getattr__(self, name):
            return getattr(self._real, name)

    monkeypatch.setattr("zlib.decompressobj", Watched)
    check_error(_post_packed(unpacking_client, bomb), 413, "content_too_large")
    assert [len(part) for part in unpacked] == [200_001]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda packed: b"",
        lambda packed: b"{}",
        lambda packed: packed[:-4],
        lambda packed: packed + packed,
        lambda packed: packed + b"x",
        lambda packed: zlib.compress(b"{}"),
    ],
)
def test_a_damaged_packed_body_is_400(unpacking_client, row, check_error, spoil):
    body = spoil(gzip.compress(json.dumps(row).encode()))
    check_error(_post_packed(unpacking_client, body), 400, "invalid_document")


def test_other_compressions_are_refused_all_the_same(unpacking_client, check_error):
    response = unpacking_client.post(
        PATH, data=b"x", content_type="application/json", headers={"Content-Encoding": "br"}
    )
    details = check_error(response, 415, "unsupported_media_type")["details"]
    assert details == {"allowed_encodings": ["identity", "gzip"]}


@pytest.mark.parametrize("query", ["explian=true", "explain=canary", "explain=", "explain=yes", "x[]=1"])
def test_a_parameter_that_is_not_known_is_422(client, row, check_error, query):
    response = client.post(f"{PATH}?{query}", json=row)
    check_error(response, 422, "invalid_parameter")
    assert "canary" not in response.text


def test_names_of_parameters_are_repeated_in_part_only_and_not_to_the_log(client, row, check_error, caplog):
    names = [f"canary{number}" + "x" * 100 for number in range(10)]
    response = client.post(f"{PATH}?{'&'.join(f'{name}=1' for name in names)}", json=row)
    error = check_error(response, 422, "invalid_parameter")
    assert error["details"] == {"fields": [name[:40] for name in names[:5]]}
    assert "canary" not in error["message"]
    assert not [record for record in caplog.records if "canary" in str(getattr(record, "fields", ""))]


@pytest.mark.parametrize("query", ["", "explain=false", "explain=0"])
def test_nothing_is_explained_unasked(client, row, query):
    assert "explanations" not in client.post(f"{PATH}?{query}", json=row).get_json()
