from __future__ import annotations

import pytest

from ml_api.errors import DocumentError, TooManyRowsError
from ml_api.schemas import read_rows

FEATURES = ["LotArea"]


@pytest.mark.parametrize(
    ("document", "rows"),
    [
        ({"LotArea": 1}, [{"LotArea": 1}]),
        ({}, [{}]),
        ([{"LotArea": 1}, {"LotArea": 2}], [{"LotArea": 1}, {"LotArea": 2}]),
        ({"inputs": [{"LotArea": 1}]}, [{"LotArea": 1}]),
        ({"data": [{"LotArea": 1}]}, [{"LotArea": 1}]),
        # Rows are the model's to judge.
        ([1, None, "row", []], [1, None, "row", []]),
        ({"inputs": [1, None]}, [1, None]),
    ],
)
def test_rows_are_taken_out_of_every_form(document, rows):
    assert read_rows(document, feature_names=FEATURES, max_rows=10) == rows


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (None, "must be one object, a list of objects"),
        (5, "must be one object, a list of objects"),
        ("rows", "must be one object, a list of objects"),
        ([], "an empty list"),
        ({"inputs": []}, "the key 'inputs'"),
        ({"inputs": None}, "the key 'inputs'"),
        ({"inputs": {"LotArea": 1}}, "the key 'inputs'"),
        ({"data": "rows"}, "the key 'data'"),
        ({"data": [{}], "LotArea": 1}, "the key 'data'"),
        ({"inputs": [{}], "data": [{}]}, "the key 'inputs'"),
    ],
)
def test_a_document_without_rows_is_refused(document, message):
    with pytest.raises(DocumentError, match=message):
        read_rows(document, feature_names=FEATURES, max_rows=10)


@pytest.mark.parametrize("rows", [[], [{}]])
def test_an_envelope_with_something_else_in_it_is_refused_without_repeating_that(rows):
    with pytest.raises(DocumentError) as caught:
        read_rows({"data": rows, **{f"canary{n}": 1 for n in range(1000)}}, feature_names=FEATURES, max_rows=10)
    assert caught.value.details == {"field": "data"}
    assert "canary" not in caught.value.message


def test_a_feature_that_is_called_like_an_envelope_is_a_feature():
    row = {"data": 1.5}
    assert read_rows(row, feature_names=["data"], max_rows=10) == [row]
    assert read_rows({"inputs": [row]}, feature_names=["data"], max_rows=10) == [row]


@pytest.mark.parametrize("wrap", [lambda rows: rows, lambda rows: {"inputs": rows}, lambda rows: {"data": rows}])
def test_the_number_of_rows_is_limited_in_every_form(wrap):
    assert len(read_rows(wrap([{}] * 3), feature_names=FEATURES, max_rows=3)) == 3
    with pytest.raises(TooManyRowsError, match="holds 4 rows; at most 3 are allowed") as caught:
        read_rows(wrap([{}] * 4), feature_names=FEATURES, max_rows=3)
    assert caught.value.details == {"rows": 4, "max_rows": 3}
