"""The tables of endpoints and errors in the README are those of the code (settings: `test_table.py`)."""

from __future__ import annotations

import re
from pathlib import Path

from ml_api.app.errors import HTTP_CODES, STATUSES

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def test_the_table_of_endpoints_is_complete(app):
    told = re.findall(r"(?m)^\| (GET|POST) `(/[^`]*)` \|", README)
    assert sorted(told) == sorted(
        (method, rule.rule) for rule in app.url_map.iter_rules() for method in rule.methods - {"HEAD", "OPTIONS"}
    )


def test_the_table_of_errors_is_complete():
    told = {(int(status), code) for status, code in re.findall(r"(?m)^\| (\d{3}) \| `(\w+)` \|", README)}
    assert told == {(int(status), error.code) for error, status in STATUSES.items()} | set(HTTP_CODES.items())
