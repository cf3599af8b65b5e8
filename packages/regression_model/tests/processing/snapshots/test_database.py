"""Snapshots of SQLite, and what holds for every database."""

from __future__ import annotations

import importlib
import sys

import pytest

from regression_model.errors import DataError, DataNotFoundError, MissingExtraError
from regression_model.processing.datasets import read_table
from regression_model.processing.snapshots import AsOf, Database, Treatment

ROWS = [
    (1, 70.5, "Ulm", "2026-01-01"),
    (2, None, "Aalen", "2026-01-02 12:00:00"),
    (3, 80, None, "2026-02-01T00:00:00Z"),
]


@pytest.fixture
def houses(sqlite):
    sqlite("INSERT INTO houses VALUES (?, ?, ?, ?)", ROWS)
    return sqlite


def test_the_order_of_rows_leaves_no_trace(houses, take):
    first = take(houses.url, "SELECT * FROM houses")
    houses("DELETE FROM houses")
    houses("INSERT INTO houses VALUES (?, ?, ?, ?)", ROWS[::-1])

    assert take(houses.url, "SELECT * FROM houses").record == first.record
    assert take(houses.url, "SELECT * FROM houses ORDER BY town", rows_per_chunk=1).record == first.record
    assert first.record.row_order == "sorted"
    assert read_table(first.path)["area"].tolist()[::2] == [70.5, 80.0]


def test_rows_that_come_later_are_not_in_the_view(houses, take):
    treatment = Treatment(as_of=AsOf.parse("sold=2026-01-31"), drop=("sold",))
    first = take(houses.url, "SELECT * FROM houses", treatment=treatment)
    houses("INSERT INTO houses VALUES (4, 1, 'Bonn', '2026-03-01'), (5, 1, 'Bonn', NULL)")

    assert take(houses.url, "SELECT * FROM houses", treatment=treatment).record == first.record
    assert read_table(first.path).columns.tolist() == ["id", "area", "town"]
    assert first.record.n_rows == 2
    assert first.record.dropped == ("sold",)


def test_the_record_says_where_rows_came_from(houses, take):
    found = take(houses.url, "SELECT * FROM houses WHERE id >= :least", "least=2").record

    assert found.source == {
        "kind": "sql",
        "database": {"dialect": "sqlite", "driver": "pysqlite", "host": None, "port": None, "database": "houses.db"},
        "query": "SELECT * FROM houses WHERE id >= :least",
        "parameters": {"least": 2},
    }
    assert found.columns == {"id": "int64", "area": "double", "town": "string", "sold": "string"}
    assert (found.n_rows, found.n_columns) == (2, 4)


@pytest.mark.parametrize(
    "query",
    ["WITH x AS (SELECT 1) DELETE FROM houses", "WITH x AS (SELECT 9 AS id) INSERT INTO houses (id) SELECT id FROM x"],
)
def test_nothing_can_be_written(houses, take, query):
    with pytest.raises(DataError, match="the database refuses: attempt to write a readonly database"):
        take(houses.url, query)
    assert take(houses.url, "SELECT * FROM houses").record.n_rows == 3


def test_a_query_without_rows(houses, take, folder):
    with pytest.raises(DataError, match="the source has no rows; a snapshot has at least one"):
        take(houses.url, "SELECT * FROM houses WHERE id > 9")
    with pytest.raises(DataError, match="has no rows up to 2025-01-01T00:00:00 by 'sold'"):
        take(houses.url, "SELECT * FROM houses", treatment=Treatment(as_of=AsOf.parse("sold=2025-01-01")))
    assert not folder.exists()


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT 1 AS a, 2 AS a", "two columns named 'a'; name them apart in the query by AS"),
        ('SELECT 1 AS ""', "column 1 of the query has no name"),
        ("SELECT aera FROM houses", "the database refuses: no such column: aera"),
        ("SELECT CAST(x'ff' AS TEXT) AS a", "the database refuses: Could not decode to UTF-8"),
        ("SELECT x'ff' AS a", "column 'a' holds bytes in row 1"),
        ("SELECT 1 AS a UNION SELECT 'x'", "several types, integer and text"),
        ("SELECT :least AS a", "parameter :least, but no value is given"),
    ],
)
def test_queries_that_can_not_be_frozen(houses, take, query, message):
    with pytest.raises(DataError, match=message):
        take(houses.url, query)


def test_parameters_and_query_name_the_same(houses, take):
    with pytest.raises(DataError, match=r"parameter :least, .*\(did you mean 'laest'\?\)"):
        take(houses.url, "SELECT :least AS a", "laest=1")
    with pytest.raises(DataError, match=r"the query has no parameter :most.*remove it, or use it"):
        take(houses.url, "SELECT :least AS a", "least=1", "most=2")


def test_unknown_columns_are_refused_before_rows_are_read(houses, take):
    with pytest.raises(DataError, match=r"no column 'twon' \(did you mean 'town'\?\)"):
        take(houses.url, "SELECT * FROM houses", treatment=Treatment(drop=("twon",)))


class TestUrls:
    @pytest.mark.parametrize(
        "url",
        [
            "no url; hush",
            "",
            "postgresql://me:hush@host:notaport/db",
            "postgresql://me:some@hush@host/db",
            "postgresql://me:some/hush@x@host/db",
            "postgresql://host/some:hush@db",
            "postgresql://me/db?password=some@hush",
        ],
    )
    def test_one_that_can_not_be_read_is_not_repeated(self, url):
        with pytest.raises(DataError, match="expected something like postgresql://user:password@host/name") as caught:
            Database.parse(url)
        assert "hush" not in str(caught.value)
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__ or caught.value.__context__ is None

    def test_an_sqlite_file_has_to_exist(self, tmp_path):
        with pytest.raises(DataNotFoundError, match="there is no SQLite database .*gone.db"):
            Database.parse(f"sqlite:///{tmp_path / 'gone.db'}")
        assert list(tmp_path.iterdir()) == []
        with pytest.raises(DataNotFoundError, match="there is no SQLite database named"):
            Database.parse("sqlite://")

    @pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
    def test_postgresql_is_read_by_psycopg(self, scheme):
        found = Database.parse(f"{scheme}://me:hush@db.example:5432/houses?sslmode=require")
        assert found.url.drivername == "postgresql+psycopg"
        assert found.describe() == {
            "dialect": "postgresql",
            "driver": "psycopg",
            "host": "db.example",
            "port": 5432,
            "database": "houses",
        }

    def test_a_server_that_is_not_there(self, take):
        url = "postgresql://me:hush@127.0.0.1:1/houses?connect_timeout=5"
        with pytest.raises(DataError, match="the database refuses: ") as caught:
            take(url, "SELECT 1")
        assert "hush" not in str(caught.value)

    def test_a_dialect_that_nobody_knows(self, take):
        with pytest.raises(DataError, match="knows no database 'houses'"):
            take("houses://me:hush@host/db", "SELECT 1")

    def test_a_driver_that_is_not_installed(self, take):
        with pytest.raises(DataError, match=r"the driver of mysql\+pymysql is not installed: pip install pymysql"):
            take("mysql+pymysql://me:hush@host/db", "SELECT 1")


class TestMissingExtras:
    @pytest.mark.parametrize(("module", "extra"), [("sqlalchemy", "sql"), ("psycopg", "postgresql")])
    def test_are_named(self, monkeypatch, take, module, extra):
        for name in [name for name in sys.modules if name.split(".")[0] == module]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, module, None)
        importlib.invalidate_caches()
        with pytest.raises(MissingExtraError, match=rf"pip install 'regression-model\[{extra}\]'"):
            take("postgresql://me:hush@127.0.0.1:1/db", "SELECT 1")
