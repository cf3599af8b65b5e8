"""Databases that really run: SQLite in a file, PostgreSQL in a process of its own."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
from contextlib import closing
from pathlib import Path

import pytest

from regression_model.processing.snapshots import Database, Treatment, build_query, freeze, read_query

PASSWORD = "open:sesame/50%@home"
QUOTED = "open%3Asesame%2F50%25%40home"
READY_WITHIN_S = 60


@pytest.fixture
def folder(tmp_path):
    """An empty folder of snapshots that does not exist yet."""
    return tmp_path / "snapshots"


@pytest.fixture
def take(folder):
    """Return a function that freezes the rows of a query."""

    def take(url, query, *parameters, treatment=None, **options):
        treatment = treatment or Treatment()
        raw = read_query(Database.parse(url), build_query(query, parameters), treatment, **options)
        return freeze(raw, folder)

    return take


@pytest.fixture
def sqlite(tmp_path):
    """Return a function that writes to an SQLite file; it has the attribute `url`."""
    path = tmp_path / "private folder" / "houses.db"
    path.parent.mkdir()

    def run(statement, rows=()):
        with closing(sqlite3.connect(path)) as connection:
            connection.executemany(statement, rows) if rows else connection.execute(statement)
            connection.commit()

    run("CREATE TABLE houses (id INTEGER, area REAL, town TEXT, sold TEXT)")
    run.url = f"sqlite:///{path}"
    return run


def find_server():
    """Find the programs of PostgreSQL: on the path, or where Debian hides them."""
    folders = [Path(found).parent for found in (shutil.which("initdb"),) if found]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((each for each in folders if (each / "initdb").exists() and (each / "postgres").exists()), None)


@pytest.fixture(scope="session")
def postgresql_server():
    """A PostgreSQL server that listens on a socket in a temporary folder; its URL."""
    programs = find_server()
    if programs is None:
        reason = "PostgreSQL is not installed: there is no initdb on the path or below /usr/lib/postgresql"
        if os.environ.get("REQUIRE_POSTGRESQL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    # PostgreSQL refuses to run as root, and its socket's path has to be short.
    root = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    other = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    if other:
        shutil.chown(root, "postgres", "postgres")
    (root / "password").write_text(PASSWORD)
    data = root / "data"
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "Asia/Kolkata"}
    server = None
    try:
        login = ["-U", "keeper", "-A", "scram-sha-256", f"--pwfile={root / 'password'}"]
        subprocess.run(
            [programs / "initdb", "-D", data, *login, "--encoding=UTF8", "--no-sync"],
            **other,
            env=environment,
            cwd=root,
            check=True,
            capture_output=True,
            timeout=READY_WITHIN_S,
        )
        settings = ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "log_statement=all"]
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", root, *settings],
            **other,
            env=environment,
            cwd=root,
            stderr=subprocess.PIPE,
            text=True,
        )
        said = wait_until_ready(server)
        yield f"postgresql://keeper:{QUOTED}@/postgres?host={root}"
    finally:
        if server is not None:
            server.send_signal(signal.SIGINT)  # "fast": ends sessions and does not wait for clients
            server.wait(READY_WITHIN_S)
            said.join(READY_WITHIN_S)
            server.stderr.close()
        shutil.rmtree(root)


def wait_until_ready(server):
    """Read what the server says until it takes connections; a thread reads on, so that it is never held up."""
    ready = threading.Event()

    def read():
        for line in server.stderr:
            if "ready to accept connections" in line:
                ready.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    assert ready.wait(READY_WITHIN_S), f"PostgreSQL is not ready; its exit code is {server.poll()}"
    return reader


@pytest.fixture
def postgresql(postgresql_server):
    """Return a function that runs statements on an empty PostgreSQL; it has the attribute `url`."""
    import psycopg

    def run(*statements):
        with psycopg.connect(postgresql_server, autocommit=True) as connection:
            found = [connection.execute(statement) for statement in statements][-1]
            return found.fetchall() if found.description else None

    run("DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    run.url, run.password = postgresql_server, PASSWORD
    return run
