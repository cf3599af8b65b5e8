from __future__ import annotations

import json
import logging
import sqlite3
from contextlib import closing

import pytest

from regression_model.cli.exit_codes import ExitCode
from regression_model.processing.datasets import read_table
from regression_model.processing.sample import load_sample_path

KEY = "a key that nobody guesses"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The folder of snapshots."""
    monkeypatch.setenv("REGRESSION_MODEL_SNAPSHOTS", str(tmp_path / "snapshots"))
    monkeypatch.setenv("REGRESSION_MODEL_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("REGRESSION_MODEL_DATA", raising=False)
    return tmp_path / "snapshots"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "houses.csv"
    path.write_text("area,owner,sold\n100,Zoe,2026-01-01\n50,Ann,2026-02-01\n", encoding="utf-8")
    return path


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "houses.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE houses (area REAL, owner TEXT, sold TEXT)")
        rows = [(100, "Zoe", "2026-01-01"), (50, "Ann", "2026-02-01")]
        connection.executemany("INSERT INTO houses VALUES (?, ?, ?)", rows)
        connection.commit()
    return f"sqlite:///{path}"


def digest_of(result):
    assert result.exit_code == 0, result.stderr
    digest = result.stdout.strip()
    assert len(digest) == 64
    return digest


def test_a_file_is_frozen_and_it_is_said_how_to_name_it(run, table, folder):
    result = run("data", "snapshot", "--file", table)
    digest = digest_of(result)

    assert "2 rows of 3 columns\n" in result.stderr
    assert f"  data:\n    snapshot: {digest}" in result.stderr
    assert read_table(folder / f"{digest}.parquet").to_dict("list") == read_table(table).to_dict("list")

    again = run("data", "snapshot", "--file", table)
    assert digest_of(again) == digest
    assert "frozen already on 20" in again.stderr


def test_the_table_of_a_configuration_is_frozen(run, config, folder, monkeypatch):
    own = folder.parent / "own"
    own.mkdir()
    (own / "house_prices.csv.gz").write_bytes(load_sample_path().read_bytes())
    monkeypatch.setenv("REGRESSION_MODEL_DATA", str(own))

    by_name = digest_of(run("data", "snapshot", "house_prices"))
    assert digest_of(run("data", "snapshot", "--config", config)) == by_name
    record = json.loads((folder / f"{by_name}.json").read_text(encoding="utf-8"))
    assert (record["source"]["kind"], record["source"]["location"]) == ("data_dir", "house_prices.csv.gz")


def test_a_query_is_frozen_with_all_that_can_be_done_to_it(run, database, folder, monkeypatch):
    monkeypatch.setenv("OUR_DATABASE", database)
    monkeypatch.setenv("OUR_KEY", KEY)
    query = ("--sql", "SELECT * FROM houses WHERE area > :least", "--database-env", "OUR_DATABASE")
    treatment = ("--as-of", "sold=2026-01-31", "--drop", "sold", "--pseudonymise", "owner")
    result = run("data", "snapshot", *query, "--parameter", "least=60", *treatment, "--pseudonym-key-env", "OUR_KEY")

    digest = digest_of(result)
    found = read_table(folder / f"{digest}.parquet")
    assert found.columns.tolist() == ["area", "owner"]
    assert found["area"].tolist() == [100.0]
    assert found["owner"].str.len().tolist() == [64]
    record = json.loads((folder / f"{digest}.json").read_text(encoding="utf-8"))
    assert record["source"]["parameters"] == {"least": 60}
    assert record["as_of"] == {"column": "sold", "moment": "2026-01-31T00:00:00Z"}
    assert (record["dropped"], record["pseudonymised"]) == (["sold"], ["owner"])


def test_snapshots_are_listed(run, database, table, folder):
    query = "SELECT area,\n  owner FROM houses"
    first = digest_of(run("data", "snapshot", "--sql", query, "--database", database, "--drop", "owner"))
    second = digest_of(run("data", "snapshot", "--file", table, "--as-of", "sold=2026-01-31"))
    assert run("data", "erase", first, "--reason", "a person asked for it").exit_code == 0

    said = run("data", "snapshots").stdout
    assert f"{first}: erased\n    20" in said
    assert ", because: a person asked for it\n" in said
    assert f"{second}: here\n    1 row of 3 columns, read at 20" in said
    assert "    source  file: houses.csv\n    as of   sold 2026-01-31T00:00:00Z\n" in said
    assert f"folder of snapshots: {folder}\n" in said

    listed = {each["sha256"]: each for each in json.loads(run("data", "snapshots", "--json").stdout)}
    assert listed[first]["record"] is None
    assert listed[first]["tombstone"]["reason"] == "a person asked for it"
    assert listed[second]["record"]["source"]["name"] == "houses.csv"


def test_a_damaged_record_is_listed_with_the_others(run, table, folder):
    sound = digest_of(run("data", "snapshot", "--file", table))
    damaged = digest_of(run("data", "snapshot", "--file", table, "--drop", "owner"))
    (folder / f"{damaged}.json").unlink()
    (folder / f"{damaged}.json").write_text("{", encoding="utf-8")

    result = run("data", "snapshots")
    assert result.exit_code == 0, result.stderr
    assert f"{sound}: here\n" in result.stdout
    assert f"{damaged}: damaged\n    {folder / damaged}.json can't be read (" in result.stdout

    listed = {each["sha256"]: each for each in json.loads(run("data", "snapshots", "--json").stdout)}
    assert (listed[sound]["state"], listed[sound]["problem"]) == ("here", None)
    assert listed[damaged]["state"] == "damaged"
    assert "restore it from a copy" in listed[damaged]["problem"]


@pytest.mark.parametrize(("cache", "exit_code"), [(".", ExitCode.OK), ("/", ExitCode.DATA)])
def test_a_cache_without_a_name(run, folder, monkeypatch, cache, exit_code):
    folder.parent.joinpath("here").mkdir()
    monkeypatch.chdir(folder.parent / "here")
    monkeypatch.delenv("REGRESSION_MODEL_SNAPSHOTS")
    monkeypatch.setenv("REGRESSION_MODEL_CACHE", cache)
    assert run("data", "snapshots").exit_code == exit_code


def test_what_a_query_dropped_is_listed(run, database):
    run("data", "snapshot", "--sql", "SELECT area,\n  owner FROM houses", "--database", database, "--drop", "owner")
    said = run("data", "snapshots").stdout
    assert "    source  sql: SELECT area, owner FROM houses\n    without owner\n" in said


@pytest.mark.slow
def test_an_erased_snapshot_can_not_be_trained_on(run, config, folder):
    digest = digest_of(run("data", "snapshot", "--file", load_sample_path()))
    text = config.read_text(encoding="utf-8").replace("  sample: house_prices\n", f"  snapshot: {digest}\n")
    config.write_text(text, encoding="utf-8")

    erased = run("data", "erase", digest, "--reason", "a person asked for it")
    assert erased.exit_code == 0
    assert "because: a person asked for it" in erased.stderr
    assert "models trained on it" in erased.stderr

    result = run("train", "-c", config, "-o", folder.parent / "model")
    assert result.exit_code == ExitCode.DATA
    assert f"the snapshot {digest} was erased on 20" in result.stderr


@pytest.mark.slow
def test_training_on_a_snapshot_gives_the_model_of_the_file(run, config, folder):
    """Given the sample as a file and frozen, then both give the same model, but for the digest of the data."""
    from regression_model.artifact import load_artifact

    digest = digest_of(run("data", "snapshot", "--file", load_sample_path()))
    text = config.read_text(encoding="utf-8")
    frozen = config.with_name("frozen.yml")
    frozen.write_text(text.replace("  sample: house_prices\n", f"  snapshot: {digest}\n"), encoding="utf-8")
    artifacts = []
    for file, extra in ((config, ("--data", load_sample_path())), (frozen, ())):
        target = folder.parent / file.stem
        result = run("train", "-c", file, "-o", target, "--no-cross-validation", *extra)
        assert result.exit_code == 0, result.stderr
        artifacts.append(load_artifact(target).manifest.content)

    assert artifacts[1]["data"]["sha256"] == digest
    for same in ("metrics", "golden_rows", "schema"):
        assert artifacts[0][same] == artifacts[1][same]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "found none"),
        (("house_prices", "--file", "t.csv"), "found NAME and --file"),
        (("--sql", "SELECT 1"), "needs exactly one of --database and --database-env"),
        (("--sql", "SELECT 1", "--database", "x", "--database-env", "Y"), "needs exactly one of"),
        (("--file", "t.csv", "--database", "x"), "belong to --sql"),
        (("--file", "t.csv", "--parameter", "x=1"), "belong to --sql"),
        (("--file", "t.csv", "--pseudonymise", "x"), "need each other"),
        (("--file", "t.csv", "--pseudonym-key-env", "X"), "need each other"),
        (("--openml", "0"), "--openml"),
    ],
)
def test_options_that_do_not_go_together(run, arguments, message):
    result = run("data", "snapshot", *arguments)
    assert result.exit_code == ExitCode.USAGE
    assert message in " ".join(result.stderr.replace("│", " ").split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--file", "gone.csv"), "no table at gone.csv"),
        (("--file", "gone.csv", "--as-of", "yesterday"), "expected COLUMN=TIMESTAMP"),
        (("--sql", "DROP TABLE houses", "--database", "sqlite:///gone.db"), "found 'DROP'"),
        (("--sql", "SELECT 1", "--database", "sqlite:///gone.db"), "there is no SQLite database gone.db"),
        (("--sql", "SELECT 1", "--database-env", "NOT_SET"), "NOT_SET should hold the URL of the database"),
        (("--file", "t.csv", "--pseudonymise", "x", "--pseudonym-key-env", "NOT_SET"), "NOT_SET should hold the key"),
    ],
)
def test_what_goes_wrong_with_data(run, arguments, message, monkeypatch):
    monkeypatch.delenv("NOT_SET", raising=False)
    result = run("data", "snapshot", *arguments)
    assert result.exit_code == ExitCode.DATA
    assert message in result.stderr


def test_an_unknown_snapshot_can_not_be_erased(run):
    result = run("data", "erase", "0" * 64, "--reason", "why")
    assert result.exit_code == ExitCode.DATA
    assert "nothing was erased" in result.stderr


def test_a_configuration_that_names_a_snapshot_is_listed_so(folder, config, run, monkeypatch):
    text = config.read_text(encoding="utf-8").replace("  sample: house_prices\n", f"  snapshot: {'0' * 64}\n")
    config.write_text(text, encoding="utf-8")
    monkeypatch.setattr("regression_model.config.shipped_configs", lambda: {"houses": config})
    listed = json.loads(run("data", "list", "--json").stdout)
    assert [(each["state"], each["place"]) for each in listed] == [("not here", str(folder / f"{'0' * 64}.parquet"))]
    folder.mkdir()
    (folder / f"{'0' * 64}.parquet").touch()
    assert json.loads(run("data", "list", "--json").stdout)[0]["state"] == "snapshot"


@pytest.mark.parametrize("level", [(), ("--debug",)])
def test_no_secret_is_in_any_file_or_log(run, tmp_path, monkeypatch, caplog, table, level):
    """Given a server that is not there and a wrong statement, then neither password nor key is anywhere."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("OUR_DATABASE", "postgresql://me:hush%40hush@127.0.0.1:1/houses?connect_timeout=5")
    monkeypatch.setenv("OUR_KEY", KEY)
    source = ("--sql", "SELECT 1", "--database-env", "OUR_DATABASE")
    hidden = ("--pseudonymise", "owner", "--pseudonym-key-env", "OUR_KEY")
    log = tmp_path / "ours.log"

    failed = run(*level, "--log-file", log, "data", "snapshot", *source, *hidden)
    frozen = run(*level, "--log-file", log, "data", "snapshot", "--file", table, *hidden)

    assert failed.exit_code == ExitCode.DATA
    assert "the database refuses" in failed.stderr
    assert frozen.exit_code == 0
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path != table)
    assert b"the database refuses" in written
    said = "".join((failed.output, failed.stderr, frozen.output, frozen.stderr, caplog.text)).encode()
    for secret in (b"hush", KEY.encode(), b"Zoe"):
        assert secret not in written
        assert secret not in said
