from __future__ import annotations

import pytest

from regression_model.profiling.names import names_code, names_identifier, names_year, split_words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("customerID", ["customer", "id"]),
        ("HTTPCode", ["http", "code"]),
        ("größe_m2", ["gr", "öß", "e", "m", "2"]),
        ("", []),
        ("%", []),
    ],
)
def test_words_of_a_name(name, words):
    assert split_words(name) == words


@pytest.mark.parametrize("name", ["Id", "PID", "order_id", "Unnamed: 0", "", "  ", "uuid", "rowIndex"])
def test_names_of_identifiers(name):
    assert names_identifier(name)


@pytest.mark.parametrize("name", ["width", "idle", "paid", "%", "id_number_of_rooms", "grid"])
def test_names_that_only_resemble_identifiers(name):
    assert not names_identifier(name)


@pytest.mark.parametrize(
    ("name", "is_code"),
    [("ZipCode", True), ("shop_type", True), ("classic", False), ("zone_area_size", False)],
)
def test_names_of_codes(name, is_code):
    assert names_code(name) is is_code


@pytest.mark.parametrize(("name", "is_year"), [("year", True), ("YrSold", True), ("yearly", False), ("eyre", False)])
def test_names_of_years(name, is_year):
    assert names_year(name) is is_year
