"""The documentation page. In a real browser: `tests/pages/test_docs_page.py`."""

from __future__ import annotations

import re

import pytest


def test_the_page_loads_local_files_only_and_has_no_inline_script(client):
    page = client.get("/docs")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    addresses = re.findall(r'(?:src|href)="([^"#]+)"', page.text)
    assert sum("swagger-ui" in address for address in addresses) == 2
    for address in addresses:
        assert address.startswith("/"), "nothing from elsewhere"
        if address.startswith("/static/"):
            assert "immutable" in client.get(address).headers["Cache-Control"]
    assert not re.search(r"<script>|<style|\sstyle=|\son\w+=", page.text)


@pytest.mark.parametrize("name", ["swagger-ui.js", "index.html", "LICENSE", "..%2f..%2fVERSION", "../errors.py", ""])
def test_nothing_lies_below_the_page(client, check_error, name):
    check_error(client.get(f"/docs/{name}"), 404, "not_found")
