from __future__ import annotations

import hashlib
import http.server
import json
import threading

import pytest

from regression_model.cli.exit_codes import ExitCode
from regression_model.config import shipped_configs

CONTENT = b"x,y\n1,2\n3,4\n"


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    monkeypatch.setenv("REGRESSION_MODEL_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("REGRESSION_MODEL_DATA", str(tmp_path / "own"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return tmp_path


@pytest.fixture
def server():
    """A server on loopback that has one table, and counts how often it was asked."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.asked += 1
            self.send_response(200 if self.path == "/table.csv" else 404)
            self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            self.wfile.write(CONTENT)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        listening.asked = 0
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield listening
        listening.shutdown()
        thread.join()


@pytest.fixture
def config(tmp_path, server):
    def write(path="/table.csv", pin=None):
        file = tmp_path / "config.yml"
        url = f"http://127.0.0.1:{server.server_address[1]}{path}"
        pinned = f"\n    sha256: '{pin}'" if pin else ""
        file.write_text(
            "pipeline_name: t\ntask: regression\n"
            f"data:\n  name: table\n  source:\n    url: {url}{pinned}\n"
            "target:\n  column: y\nfeatures:\n  number: [x]\nmodel:\n  family: ridge\n",
            encoding="utf-8",
        )
        return file

    return write


def test_the_tables_of_all_shipped_configurations_are_listed(run):
    tables = json.loads(run("data", "list", "--json").stdout)
    assert {table["config"] for table in tables} == set(shipped_configs())
    assert {table["state"] for table in tables} == {"not here"}
    said = run("data", "list").stdout
    for table in tables:
        assert f"{table['config']}: not here" in said
        assert table["source"] in said


def test_the_list_says_where_a_table_is_found(run, folders):
    (folders / "own").mkdir()
    (folders / "own" / "house_prices.csv").write_bytes(CONTENT)
    (folders / "cache").mkdir()
    (folders / "cache" / "bank_marketing.csv").write_bytes(CONTENT)
    (folders / "cache" / "california_housing.csv").write_bytes(CONTENT)
    (folders / "cache" / "california_housing.csv.source.json").write_text("{", encoding="utf-8")

    tables = {table["config"]: table for table in json.loads(run("data", "list", "--json").stdout)}

    assert tables["house_prices"]["state"] == "own file"
    assert tables["house_prices"]["place"] == str(folders / "own" / "house_prices.csv")
    assert tables["california_housing"]["state"] == "damaged"


def test_a_table_is_fetched_once_and_its_digest_is_shown(run, config, server, folders):
    path = config()
    first = run("data", "fetch", "--config", path)
    assert first.exit_code == 0, first.stderr
    assert first.stdout == f"{folders / 'cache' / 'table.csv'}\n"
    assert f"SHA-256 {hashlib.sha256(CONTENT).hexdigest()}" in first.stderr
    assert (folders / "cache" / "table.csv").read_bytes() == CONTENT

    second = run("data", "fetch", "--config", path)
    assert second.stdout == first.stdout
    assert "is there already" in second.stderr
    assert server.asked == 1

    assert run("data", "fetch", "--config", path, "--force").exit_code == 0
    assert server.asked == 2


def test_a_download_that_is_not_what_was_pinned_is_refused(run, config, folders):
    result = run("data", "fetch", "--config", config(pin="0" * 64))
    assert result.exit_code == ExitCode.DATA
    assert "expected SHA-256" in result.stderr
    assert not (folders / "cache" / "table.csv").exists()


def test_a_table_that_is_gone_is_said_so(run, config):
    result = run("data", "fetch", "-c", config(path="/gone.csv"))
    assert result.exit_code == ExitCode.DATA
    assert "404" in result.stderr


def test_no_secret_of_a_url_is_shown(run, config, monkeypatch):
    signed = config(path="/gone.csv?token=hush")
    monkeypatch.setattr("regression_model.config.shipped_configs", lambda: {"table": signed})
    fetched = run("--debug", "data", "fetch", "-c", signed)
    listed = run("data", "list")
    text = signed.read_text(encoding="utf-8").replace("http://", "http://me:hush@")
    signed.write_text(text, encoding="utf-8")
    trained = run("train", "-c", signed)

    assert (fetched.exit_code, listed.exit_code, trained.exit_code) == (ExitCode.DATA, ExitCode.OK, ExitCode.DATA)
    assert "/gone.csv?…: HTTP 404" in fetched.stderr
    assert "/gone.csv?…\n" in listed.stdout
    assert "- data.source in the config: http://…@127.0.0.1" in trained.stderr
    for result in (fetched, listed, trained):
        assert "hush" not in result.output + result.stderr


def test_a_configuration_without_source_is_said_so(run, config):
    path = config()
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("  source:")] + text[text.index("target:") :], encoding="utf-8")
    result = run("data", "fetch", "-c", path)
    assert result.exit_code == ExitCode.DATA
    assert "names no source" in result.stderr


def test_an_unknown_name_gets_a_hint(run):
    result = run("data", "fetch", "hous_prices")
    assert result.exit_code == ExitCode.CONFIG
    assert "did you mean 'house_prices'" in result.stderr


def test_name_and_file_exclude_each_other(run, config):
    assert run("data", "fetch", "house_prices", "-c", config()).exit_code == ExitCode.USAGE


def test_training_downloads_the_table_and_remembers_it(run, config, server, tmp_path):
    """The table is too small to train on: what counts is that it came, by the same way."""
    result = run("train", "-c", config(), "-o", tmp_path / "model")
    assert result.exit_code == ExitCode.DATA
    assert "at least" in result.stderr
    assert server.asked == 1
