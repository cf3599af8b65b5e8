"""Rows of a database to freeze: read through SQLAlchemy, in chunks, without writing anything there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regression_model.errors import DataError, DataNotFoundError, MissingExtraError
from regression_model.processing.snapshots.freezing import RawTable, check_parquet
from regression_model.suggestions import suggest

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine, TextClause

    from regression_model.processing.snapshots.statement import Query
    from regression_model.processing.snapshots.treatment import Treatment

_ROWS_PER_CHUNK = 10_000
_SECRET = re.compile("pass|secret|token|key", re.IGNORECASE)
# Where the URL names no driver, ours is meant, whatever a version of SQLAlchemy would take.
_OUR_DRIVERS = {"postgresql": "psycopg", "postgres": "psycopg"}


@dataclass(frozen=True)
class Database:
    """A database to read from.

    Attributes
    ----------
    url : sqlalchemy.URL
        With everything it takes to log in; its text hides the password.
    """

    url: URL

    @classmethod
    def parse(cls, text: str) -> Database:
        """Read a URL such as ``postgresql://user:password@host/database`` or ``sqlite:///file.db``.

        Raises
        ------
        DataError
            It is none. The message does not repeat it, since it may hold a password.
        DataNotFoundError
            It names an SQLite file that is not there: connecting would make one.
        MissingExtraError
            SQLAlchemy is not installed.
        """
        try:
            from sqlalchemy import make_url
            from sqlalchemy.exc import ArgumentError
        except ImportError as error:
            raise MissingExtraError("A snapshot of a database", "sql") from error
        try:
            url = make_url(text)
        except (ArgumentError, ValueError):
            raise _unreadable() from None
        if url.get_backend_name() != "sqlite" and "@" in f"{url.host}{url.database}{url.query}":
            # The rest of a password with an @ in it, which ended the password for SQLAlchemy.
            raise _unreadable()
        driver = _OUR_DRIVERS.get(url.drivername)
        if driver is not None:
            url = url.set(drivername=f"postgresql+{driver}")
        if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
            raise DataNotFoundError(f"there is no SQLite database {url.database or 'named'}")
        return cls(url)

    def describe(self) -> dict[str, str | int | None]:
        """Say which database it is: no user, no password, no options, and no path of this machine."""
        name = self.url.database
        if self.url.get_backend_name() == "sqlite" and name:
            name = Path(name).name
        return {
            "dialect": self.url.get_backend_name(),
            "driver": self.url.get_driver_name() or None,
            "host": self.url.host,
            "port": self.url.port,
            "database": name,
        }

    def hide(self, message: str) -> str:
        """Take the secrets of the URL out of what the database or its driver says."""
        named = self.url.normalized_query.items()
        options = [value for name, values in named if _SECRET.search(name) for value in values]
        for secret in filter(None, (self.url.password, *options)):
            message = message.replace(str(secret), "***")
        return message


def read_query(
    database: Database,
    query: Query,
    treatment: Treatment,
    *,
    rows_per_chunk: int = _ROWS_PER_CHUNK,
    report: Callable[[int], None] | None = None,
) -> RawTable:
    """Read the rows of a query to freeze.

    On PostgreSQL one read-only transaction sees one state of the database (repeatable read), with UTC as its
    time zone; SQLite is told to refuse writing. Any transaction is rolled back.

    Parameters
    ----------
    database : Database
    query : Query
    treatment : Treatment
        What `freeze` leaves out and hides; the columns that it skips are not in the table.
    rows_per_chunk : int, default 10000
        Rows that are Python objects at a time.
    report : callable, optional
        Told the number of rows so far, after each chunk.

    Returns
    -------
    RawTable
        In the order in which the database gave them, which is none.

    Raises
    ------
    DataError
        The database can't be reached or refuses the query, or the rows can't be frozen. No message holds the
        password.
    MissingExtraError
        pyarrow or the driver is not installed.
    """
    from sqlalchemy.exc import SQLAlchemyError

    from regression_model.processing.snapshots.columns import build_table

    check_parquet()
    statement = _bind(query)
    try:
        with _build_engine(database.url).connect() as connected:
            _forbid_writing(connected)
            # yield_per asks for a cursor on the server's side, where there is such a thing.
            connection = connected.execution_options(yield_per=rows_per_chunk)
            result = connection.execute(statement, dict(query.parameters))
            names = _check_names(list(result.keys()))
            treatment.check_columns(names)
            table = build_table(names, _counted(result.partitions(rows_per_chunk), report), treatment.skipped())
            connection.rollback()
    except SQLAlchemyError as error:
        # Without the chain of causes: a traceback would show what the driver says, unabridged.
        raise DataError(database.hide(f"the database refuses: {getattr(error, 'orig', None) or error}")) from None
    source = {"kind": "sql", "database": database.describe(), "query": query.text, "parameters": query.parameters}
    packages = ("sqlalchemy", *(("psycopg",) if database.url.get_driver_name() == "psycopg" else ()))
    return RawTable(table, tuple(names), source, in_order=False, treatment=treatment, libraries=packages)


def _unreadable() -> DataError:
    return DataError(
        "the URL of the database can't be read; expected something like postgresql://user:password@host/name or "
        "sqlite:///file.db, with special characters of the password written as %XX (an @ is %40)"
    )


def _bind(query: Query) -> TextClause:
    """Check that parameters of the statement and values given are the same."""
    from sqlalchemy import text

    statement = text(query.text)
    wanted = list(statement.compile().params)
    for name in wanted:
        if name not in query.parameters:
            raise DataError(
                f"the query has a parameter :{name}, but no value is given{suggest(name, list(query.parameters))}; "
                f"give --parameter {name}=VALUE, or write '\\:' for a colon that is none"
            )
    for name in query.parameters:
        if name not in wanted:
            raise DataError(f"the query has no parameter :{name}{suggest(name, wanted)}; remove it, or use it")
    return statement


def _build_engine(url: URL) -> Engine:
    """Make ready to connect, to one state of the database where it can show one."""
    from sqlalchemy import create_engine
    from sqlalchemy.exc import NoSuchModuleError
    from sqlalchemy.pool import NullPool

    is_postgresql = url.get_backend_name() == "postgresql"
    try:
        engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    except NoSuchModuleError:
        raise DataError(f"SQLAlchemy knows no database {url.drivername!r}; is its dialect installed?") from None
    except ModuleNotFoundError as error:
        if is_postgresql and error.name == "psycopg":
            raise MissingExtraError("A snapshot of a PostgreSQL database", "postgresql") from error
        raise DataError(f"the driver of {url.drivername} is not installed: pip install {error.name}") from error
    if not is_postgresql:
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _forbid_writing(connection: Connection) -> None:
    """Let the database refuse to write, as far as `_build_engine` could not; and tell the time in UTC."""
    backend = connection.dialect.name
    if backend == "postgresql":
        connection.exec_driver_sql("SET LOCAL TIME ZONE 'UTC'")
    elif backend == "sqlite":
        connection.exec_driver_sql("PRAGMA query_only = ON")


def _check_names(names: list[str]) -> list[str]:
    for place, name in enumerate(names, start=1):
        if not name.strip():
            raise DataError(f"column {place} of the query has no name; name it in the query by AS")
        if name in names[: place - 1]:
            raise DataError(f"the query gives two columns named {name!r}; name them apart in the query by AS")
    return names


def _counted(chunks: Iterator[Sequence[Any]], report: Callable[[int], None] | None) -> Iterator[Sequence[Any]]:
    n_rows = 0
    for rows in chunks:
        yield rows
        n_rows += len(rows)
        if report is not None:
            report(n_rows)
