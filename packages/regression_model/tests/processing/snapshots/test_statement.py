from __future__ import annotations

import pytest

from regression_model.errors import DataError
from regression_model.processing.snapshots import build_query


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1",
        "select * from houses",
        "  WITH x AS (SELECT 1) SELECT * FROM x ; ",
        "-- all of them\n/* and\nmore */ (SELECT 1) UNION (SELECT 2)",
    ],
)
def test_reading_statements(text):
    assert build_query(text).text == text.strip().rstrip("; ")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("DELETE FROM houses", "DELETE"),
        ("  insert into houses values (1)", "INSERT"),
        ("-- SELECT\nDROP TABLE houses", "DROP"),
        ("/* SELECT */ UPDATE houses SET area = 0", "UPDATE"),
        ("EXPLAIN ANALYZE SELECT 1", "EXPLAIN"),
        ("SELECTED", "SELECTED"),
        ("", "none"),
        ("-- SELECT", "none"),
    ],
)
def test_other_statements_are_refused(text, found):
    with pytest.raises(DataError, match=f"begins with SELECT or WITH, found '{found}'"):
        build_query(text)


@pytest.mark.parametrize(
    "text",
    ["SELECT 1; DROP TABLE houses", "SELECT 1; COMMIT; DELETE FROM houses;", "SELECT 'a;b'", "SELECT 1;;SELECT 2"],
)
def test_one_statement_is_all(text):
    with pytest.raises(DataError, match="';' before its end.*has to be a parameter"):
        build_query(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("-0.5", -0.5),
        ("true", True),
        ("null", None),
        ('"5"', "5"),
        ("2026-01-31", "2026-01-31"),
        ("a=b;c", "a=b;c"),
        ("", ""),
        ("NaN", "NaN"),
        ("[1]", "[1]"),
        ("007", "007"),
    ],
)
def test_values_of_parameters(text, value):
    found = build_query("SELECT :p", [f"p={text}"]).parameters
    assert found == {"p": value}
    assert type(found["p"]) is type(value)


@pytest.mark.parametrize(
    ("given", "message"), [("p", "name=value, found 'p'"), ("a b=1", "name=value"), ("=1", "name=")]
)
def test_parameters_have_names(given, message):
    with pytest.raises(DataError, match=message):
        build_query("SELECT :p", [given])


def test_a_parameter_has_one_value():
    with pytest.raises(DataError, match="'p' is given twice"):
        build_query("SELECT :p", ["p=1", "p=2"])
