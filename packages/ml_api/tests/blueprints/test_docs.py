"""The documentation page. In a real browser: `tests/pages/test_docs_page.py`."""

from __future__ import annotations

import re

import pytest


def test_the_page_loads_local_files_only_and_has_no_inline_script(client):
    page = client.get("/docs")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    for address in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert address.startswith("/"), "nothing from elsewhere"
        assert client.get(address).status_code == 200
    assert not re.search(r"<script>|<style|\sstyle=|\son\w+=", page.text)


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("swagger-ui.css", "text/css"), ("swagger-ui-bundle.js", "text/javascript"), ("start.js", "text/javascript")],
)
def test_files_have_their_types_and_are_not_sent_twice(client, name, media_type):
    response = client.get(f"/docs/{name}")
    assert (response.status_code, response.mimetype) == (200, media_type)
    again = client.get(f"/docs/{name}", headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("name", ["swagger-ui.js", "LICENSE", "..%2f..%2fVERSION", "%2e%2e/VERSION", "../errors.py"])
def test_no_other_file_can_be_had(client, check_error, name):
    check_error(client.get(f"/docs/{name}"), 404, "not_found")
