from __future__ import annotations

import pytest

from regression_model.suggestions import suggest


@pytest.mark.parametrize(
    ("word", "expected"),
    [("columms", " (did you mean 'columns'?)"), ("columns", " (did you mean 'columns'?)"), ("xyz", "")],
)
def test_suggest(word, expected):
    assert suggest(word, ["columns", "order"]) == expected


def test_suggest_without_anything_known():
    assert suggest("columns", []) == ""
