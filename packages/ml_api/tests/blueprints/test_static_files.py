from __future__ import annotations

import hashlib
import re

import pytest

from ml_api.services.static_files import load_static_files


@pytest.mark.parametrize("name", ["style.css", "predict.js", "icon.svg", "swagger-ui-bundle.js", "swagger-ui.css"])
def test_a_file_is_served_for_ever_under_the_address_that_names_its_content(client, name):
    digest = load_static_files()[name].digest
    response = client.get(f"/static/{name}?v={digest}")
    assert response.status_code == 200
    assert response.data == load_static_files()[name].content
    assert "immutable" in response.headers["Cache-Control"]
    assert client.get(f"/static/{name}?v={digest}", headers={"If-None-Match": f'"{digest}"'}).status_code == 304


def test_a_file_is_read_and_digested_once(client, monkeypatch):
    client.get("/docs")

    def fail(*_: object) -> None:
        raise AssertionError("a digest was computed for a request")

    monkeypatch.setattr(hashlib, "sha256", fail)
    for name, file in load_static_files().items():
        assert client.get(f"/static/{name}", query_string={"v": file.digest}).status_code == 200
    assert client.get("/docs").status_code == 200


@pytest.mark.parametrize("query", ["", "?v=", "?v=0000000000000000"])
def test_under_another_address_it_is_asked_for_again(client, query):
    assert client.get(f"/static/style.css{query}").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "name", ["../wsgi.py", "..%2fwsgi.py", "%2e%2e/wsgi.py", "none.css", "docs", "/etc/passwd", "dist/swagger-ui.css"]
)
def test_nothing_else_is_served(client, name):
    assert client.get(f"/static/{name}").status_code == 404


def test_pages_load_files_that_are_there(client):
    page = client.get("/").text
    addresses = re.findall(r'"(/static/[^"]+)"', page)
    assert len(addresses) >= 3
    for address in addresses:
        assert "immutable" in client.get(address).headers["Cache-Control"]


def test_files_load_nothing_from_elsewhere():
    for name, file in load_static_files().items():
        if name.startswith("swagger-ui"):
            continue  # full of addresses that it may show: what it loads is seen in a browser
        text = file.content.decode().replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert not re.search(r"https?:|//[a-z]|@import|url\(", text), name
