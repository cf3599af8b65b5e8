"""Each class of attack that a prediction service invites, tried with a canary that must not sing."""

from __future__ import annotations

import base64
import json
import pickle
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PREDICT = "/v1/predict"
OPENED: list[str] = []
WATCHED: set[str] = set()


def _note_opening(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and WATCHED and any(name in str(arguments[0]) for name in WATCHED):
        OPENED.append(str(arguments[0]))


@pytest.fixture(scope="module", autouse=True)
def _hook() -> None:
    sys.addaudithook(_note_opening)  # it can't be removed, but watches nothing outside of these tests


@pytest.fixture
def canary_file(tmp_path) -> Iterator[Path]:
    """A file that nobody must open."""
    path = tmp_path / "canary-file.txt"
    path.write_text("canary-content")
    OPENED.clear()
    WATCHED.add(path.name)
    yield path
    WATCHED.clear()
    assert OPENED == []


@pytest.fixture
def canary_url() -> Iterator[str]:
    """The address of a server that nobody must ask."""
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        stop = threading.Event()

        def listen() -> None:
            while not stop.is_set():
                try:
                    connection, address = listener.accept()
                except TimeoutError:
                    continue
                asked.append(address)
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/canary"
        stop.set()
        thread.join()
    assert asked == []


def test_the_canaries_can_sing(tmp_path):
    # Otherwise their silence would show nothing.
    WATCHED.add("canary-file")
    (tmp_path / "canary-file").write_text("")
    assert len(OPENED) == 1
    WATCHED.clear()
    OPENED.clear()


def _fill(row: dict[str, Any], value: object) -> dict[str, Any]:
    return dict.fromkeys(row, value)


@pytest.mark.parametrize(
    "make",
    [
        _fill,
        lambda row, url: {**row, "url": url, "$ref": url, "file": url, "callback": url},
        lambda _, url: {"inputs": url},
        lambda _, url: {"data": url},
        lambda _, url: url,
        lambda _, url: f'<!DOCTYPE a SYSTEM "{url}"><a/>',
    ],
    ids=["values", "keys", "inputs", "data", "document", "XML"],
)
def test_no_url_in_a_document_is_fetched(client, row, canary_url, make):
    assert client.post(PREDICT, json=make(row, canary_url)).status_code < 500


@pytest.mark.parametrize("media_type", ["text/csv", "application/x-ndjson", "application/xml", "text/uri-list"])
def test_no_url_in_another_body_is_fetched(client, row, canary_url, media_type):
    bodies = {
        "text/csv": ",".join(row) + "\n" + ",".join(f'=IMPORTDATA("{canary_url}")' for _ in row) + "\n",
        "application/x-ndjson": json.dumps(_fill(row, canary_url)) + "\n" + json.dumps(canary_url) + "\n",
    }
    body = bodies.get(media_type, f'<!DOCTYPE a [<!ENTITY b SYSTEM "{canary_url}">]><a>&b;</a>')
    response = client.post(PREDICT, data=body.encode(), content_type=media_type)
    assert response.get_data() is not None
    assert response.status_code < 500


@pytest.mark.parametrize(
    "header", ["Referer", "Origin", "X-Forwarded-Host", "Host", "Link", "X-Request-ID", "Forwarded"]
)
def test_no_url_in_a_header_is_fetched(client, row, canary_url, header):
    assert client.post(PREDICT, json=row, headers={header: canary_url}).status_code < 500


def _climb(path: Path) -> list[str]:
    up = "../" * 20
    return [str(path), up + str(path)[1:], f"file://{path}", up.replace("/", "\\") + str(path)[1:], f"{path}\0.json"]


@pytest.mark.parametrize("prefix", ["/", "/static/", "/docs/", "/insights/", "/v1/", "/v1/predict/", "/openapi.json/"])
@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize("encode", [str, lambda text: text.replace("/", "%2f").replace(".", "%2e")], ids=["plain", "%"])
def test_no_path_in_an_address_is_opened(client, canary_file, prefix, number, encode):
    response = client.get(prefix + encode(_climb(canary_file)[number]).replace("\0", "%00"))
    assert 400 <= response.status_code < 500
    assert "canary-content" not in response.text


@pytest.mark.parametrize("number", range(5))
def test_no_path_in_a_document_or_in_a_header_is_opened(client, row, canary_file, number):
    path = _climb(canary_file)[number]
    for document in (_fill(row, path), {**row, "artifact": path, "file": path, "model": path}, {"inputs": path}, path):
        response = client.post(PREDICT, json=document)
        assert response.status_code < 500
        assert "canary-content" not in response.text
    printable = path.replace("\0", "%00")
    headers = {"X-Request-ID": printable, "Content-Disposition": f'attachment; filename="{printable}"'}
    assert client.post(PREDICT, json=row, headers=headers).status_code == 200


@pytest.mark.parametrize("number", range(5))
def test_no_name_of_a_file_in_a_form_is_a_path(client, canary_file, number):
    path = _climb(canary_file)[number].replace("\0", "%00")
    boundary = "b"
    body = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{path}"\r\n\r\nnew content\r\n--b--\r\n'
    response = client.post(PREDICT, data=body.encode(), content_type=f"multipart/form-data; boundary={boundary}")
    assert response.status_code == 415


class Bomb:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "text/csv",
        "application/x-ndjson",
        "application/octet-stream",
        "application/x-python-serialize",
        "application/vnd.apache.parquet",
    ],
)
@pytest.mark.parametrize("protocol", [0, 5])
def test_a_pickle_is_never_unpickled(client, row, tmp_path, media_type, protocol):
    made = tmp_path / "made"
    bomb = pickle.dumps(Bomb(made), protocol=protocol)
    pickle.loads(bomb)
    assert made.exists()  # the bomb is live
    made.unlink()
    response = client.post(PREDICT, data=bomb, content_type=media_type)
    assert response.get_data() is not None
    assert response.status_code < 500
    for text in (base64.b64encode(bomb).decode(), bomb.decode("latin-1")):
        assert client.post(PREDICT, json=_fill(row, text)).status_code < 500
        assert (
            client.get("/health", headers={"Cookie": f"session={base64.b64encode(bomb).decode()}"}).status_code == 200
        )
    assert not made.exists()


@pytest.mark.parametrize(
    "media_type",
    ["application/json", "application/yaml", "text/yaml", "text/csv", "application/x-ndjson", "text/plain"],
)
@pytest.mark.parametrize(
    "document",
    [
        "!!python/object/apply:pathlib.Path.touch [!!python/object/apply:pathlib.PosixPath [{path}]]",
        "!!python/object/new:os.system [touch {path}]",
        "a: &a [x, x]\nb: &b [*a, *a]\nc: !!python/name:os.system ''",
    ],
    ids=["apply", "new", "name"],
)
def test_tags_of_yaml_are_inert(client, row, tmp_path, media_type, document):
    made = tmp_path / "made"
    text = document.replace("{path}", str(made))
    response = client.post(PREDICT, data=text.encode(), content_type=media_type)
    assert response.get_data() is not None
    assert response.status_code < 500
    assert client.post(PREDICT, json=_fill(row, text)).status_code < 500
    assert not made.exists()


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('touch {path}')",
        "{{ cycler.__init__.__globals__.os.system('touch {path}') }}",
        "$(touch {path})",
    ],
    ids=["Python", "template", "shell"],
)
def test_code_in_a_value_or_in_a_key_is_only_text(client, row, tmp_path, text):
    made = tmp_path / "made"
    code = text.replace("{path}", str(made))
    for document in (_fill(row, code), {**row, code: code}):
        response = client.post(PREDICT, json=document)
        assert response.status_code < 500
        assert code not in response.text
    assert not made.exists()
