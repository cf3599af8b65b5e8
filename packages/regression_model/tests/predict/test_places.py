from __future__ import annotations

from pathlib import Path

import pytest

from regression_model.errors import InputDataError
from regression_model.predict import Place, find_format


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.csv", "csv"),
        ("a.b.CSV.GZ", "csv"),
        ("folder.csv/a.parquet", "parquet"),
        ("a.ndjson", "ndjson"),
        ("a.jsonl.gz", "ndjson"),
    ],
)
def test_the_ending_says_the_format(name, expected):
    assert find_format(name) == expected


@pytest.mark.parametrize("name", ["a", "a.json", "a.xlsx", "csv", "a.parquet.gz", "a.csv.zip"])
def test_another_ending_is_refused_with_those_that_are_known(name):
    with pytest.raises(InputDataError, match=r"expected a name that ends in \.csv, .* or \.jsonl\.gz"):
        find_format(name)


def test_a_place_knows_its_name_and_whether_it_is_packed():
    assert Place("csv", Path("folder/a.csv.gz")).is_packed
    assert not Place("csv", Path("folder.gz/a.csv")).is_packed
    assert Place("csv", Path("folder/a.csv")).name == "a.csv"
    assert Place("csv").name == "the stream"
