"""Snapshots of a PostgreSQL that really runs."""

from __future__ import annotations

import math
from datetime import datetime

import pandas as pd
import pytest

from regression_model.errors import DataError
from regression_model.processing.datasets import read_table
from regression_model.processing.snapshots import AsOf, Database, Treatment

AS_OF = Treatment(as_of=AsOf("sold", datetime(2026, 1, 31)))


@pytest.fixture
def houses(postgresql):
    postgresql(
        "CREATE TABLE houses (id int, area float8, town text, sold timestamptz)",
        "INSERT INTO houses SELECT n, n * 1.5, 'town ' || n % 7, timestamptz '2026-01-01 00:00Z' + n * interval '1 h' "
        "FROM generate_series(1, 500) n",
    )
    return postgresql


def test_rows_in_another_order_are_the_same_snapshot(houses, take):
    before = houses("SELECT id FROM houses")
    first = take(houses.url, "SELECT * FROM houses")
    # An update writes the row anew, behind all others, also where it changes nothing.
    houses("UPDATE houses SET area = area WHERE id % 3 = 0", "VACUUM FULL houses")
    assert houses("SELECT id FROM houses") != before

    second = take(houses.url, "SELECT * FROM houses")
    backwards = take(houses.url, "SELECT * FROM houses ORDER BY id DESC", rows_per_chunk=17)

    assert first.record.sha256 == second.record.sha256 == backwards.record.sha256
    assert (first.is_new, second.is_new, backwards.is_new) == (True, False, False)
    assert backwards.record == first.record
    assert read_table(first.path)["id"].tolist() == list(range(1, 501))


def test_yesterdays_view_can_be_asked_for_tomorrow(houses, take):
    first = take(houses.url, "SELECT * FROM houses", treatment=AS_OF)
    everything = take(houses.url, "SELECT * FROM houses")
    houses(
        "INSERT INTO houses VALUES (501, 1, 'new', '2026-02-01 00:00Z'), (502, 2, 'unsold', NULL)",
        "UPDATE houses SET area = area WHERE id < 100",
    )

    assert take(houses.url, "SELECT * FROM houses", treatment=AS_OF).record == first.record
    assert take(houses.url, "SELECT * FROM houses").record.sha256 != everything.record.sha256
    assert first.record.as_of == {"column": "sold", "moment": "2026-01-31T00:00:00Z"}

    # What a column of times can't tell.
    houses("DELETE FROM houses WHERE id = 1")
    assert take(houses.url, "SELECT * FROM houses", treatment=AS_OF).record.sha256 != first.record.sha256


def test_types_come_back_as_they_were(postgresql, take):
    postgresql(
        "ALTER DATABASE postgres SET timezone = 'America/New_York'",
        "CREATE TABLE kinds (small smallint, big bigint, exact numeric, rough float8, yes boolean, day date, "
        "wall timestamp, moment timestamptz, words text, fixed char(3), id uuid, nothing int)",
        "INSERT INTO kinds VALUES (1, 9007199254740993, 1.10, 'NaN', true, '2026-02-28', '2026-02-28 12:00', "
        "'2026-02-28 12:00+02', 'Zoë; ☃', 'ab', '00000000-0000-0000-0000-000000000001', NULL), "
        "(NULL, NULL, 0.333, -0.0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
    )
    found = take(postgresql.url, "SELECT * FROM kinds")

    assert found.record.columns == {
        "small": "int64",
        "big": "int64",
        "exact": "decimal128(38, 3)",
        "rough": "double",
        "yes": "bool",
        "day": "date32[day]",
        "wall": "timestamp[us]",
        "moment": "timestamp[us, tz=UTC]",
        "words": "string",
        "fixed": "string",
        "id": "string",
        "nothing": "string",
    }
    first, second = read_table(found.path).to_dict("records")
    assert first["big"] == 9007199254740993  # no float could say that
    assert (first["exact"], second["exact"]) == (1.1, 0.333)
    assert math.isnan(first["rough"])
    assert math.copysign(1, second["rough"]) == 1
    assert first["yes"] is True
    assert second["yes"] is None
    assert first["day"] == datetime(2026, 2, 28)
    assert first["wall"] == datetime(2026, 2, 28, 12)
    assert first["moment"] == pd.Timestamp("2026-02-28T10:00Z")
    assert first["words"] == "Zoë; ☃"
    assert first["id"] == "00000000-0000-0000-0000-000000000001"
    assert second["nothing"] is None


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("'\\x00'::bytea", "bytes"),
        ("ARRAY[1, 2]", "list"),
        ("'{\"a\": 1}'::jsonb", "dict"),
        ("interval '1 day'", "timedelta"),
        ("time '12:00'", "time"),
        ("int4range(1, 5)", "Range"),
    ],
)
def test_other_types_are_refused_by_name_unless_dropped(postgresql, take, sql, name):
    # In the text of a query a colon begins a parameter; two of them are a cast.
    query = f"SELECT 1 AS id, {sql} AS odd".replace('": ', '"\\: ').replace("'12:", "'12\\:")

    with pytest.raises(DataError, match=rf"column 'odd' holds {name} in row 1; a snapshot holds booleans"):
        take(postgresql.url, query)
    assert take(postgresql.url, query, treatment=Treatment(drop=("odd",))).record.columns == {"id": "int64"}


def test_all_chunks_show_one_state_of_the_database(houses, take):
    """Given a reader in the middle of a table, when all rows are deleted, then it still gets each of them."""
    reports, busy = [], []

    def delete_meanwhile(n_rows):
        if not reports:
            houses("DELETE FROM houses")
            busy.extend(houses("SELECT query FROM pg_stat_activity WHERE state = 'idle in transaction'"))
        reports.append(n_rows)

    found = take(houses.url, "SELECT * FROM houses", rows_per_chunk=100, report=delete_meanwhile)

    # What the reader had last asked for: the result waits on the server's side, not in the reader's memory.
    assert "FETCH FORWARD" in busy[0][0]
    assert reports == [100, 200, 300, 400, 500]
    assert found.record.n_rows == 500
    assert houses("SELECT count(*) FROM houses") == [(0,)]


@pytest.mark.parametrize(
    "query",
    [
        "WITH gone AS (DELETE FROM houses RETURNING *) SELECT * FROM gone",
        "SELECT cleared()",
        "SELECT * INTO copied FROM houses",
        "SELECT setval('counter', 1)",
    ],
)
def test_nothing_can_be_written(houses, take, query):
    houses(
        "CREATE SEQUENCE counter",
        "CREATE FUNCTION cleared() RETURNS int LANGUAGE plpgsql AS $$ BEGIN DELETE FROM houses; RETURN 1; END $$",
    )
    with pytest.raises(DataError, match="the database refuses: "):
        take(houses.url, query)
    assert houses("SELECT count(*) FROM houses") == [(500,)]


def test_parameters_have_their_types(houses, take):
    query = "SELECT id FROM houses WHERE id <= :most AND town = :town AND sold < :before"
    found = take(houses.url, query, "most=100", "town=town 3", "before=2026-01-03")

    assert read_table(found.path)["id"].tolist() == [3, 10, 17, 24, 31, 38, 45]
    assert found.record.source["parameters"] == {"most": 100, "town": "town 3", "before": "2026-01-03"}


def test_the_record_holds_no_secret_and_no_path(houses, take, folder):
    found = take(houses.url, "SELECT * FROM houses")

    assert found.record.source["database"] == {
        "dialect": "postgresql",
        "driver": "psycopg",
        "host": None,
        "port": None,
        "database": "postgres",
    }
    assert set(found.record.libraries) == {"python", "regression-model", "pyarrow", "sqlalchemy", "psycopg"}
    for file in folder.iterdir():
        assert b"sesame" not in file.read_bytes()
        assert b"keeper" not in file.read_bytes()


def test_a_wrong_password_is_not_repeated(postgresql, take):
    wrong = postgresql.url.replace("sesame", "barley")

    with pytest.raises(DataError, match="password authentication failed") as caught:
        take(wrong, "SELECT 1")
    assert "barley" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_password_is_taken_out_of_whatever_a_driver_says(postgresql):
    database = Database.parse(f"{postgresql.url}&sslpassword=hushhush")

    assert database.hide(f"no entry for {postgresql.password} and hushhush") == "no entry for *** and ***"
    assert postgresql.password not in repr(database)


def test_what_the_database_says_of_a_query(houses, take):
    with pytest.raises(DataError, match='the database refuses: column "aera" does not exist'):
        take(houses.url, "SELECT aera FROM houses")


def test_a_moment_beyond_pythons_calendar(postgresql, take):
    with pytest.raises(DataError, match="the database refuses: timestamp too large"):
        take(postgresql.url, "SELECT timestamp 'infinity' AS sold")
