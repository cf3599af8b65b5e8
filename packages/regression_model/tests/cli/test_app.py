from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
import time

import pytest

import regression_model
from regression_model.cli.exit_codes import MEANINGS, ExitCode
from regression_model.cli.group import move_to_front

COMMANDS = ["init", "train", "evaluate", "predict", "info", "verify", "compare", "data"]


def test_help_names_the_commands_and_the_exit_codes(run):
    result = run("--help")
    assert result.exit_code == 0
    assert set(COMMANDS) <= set(result.stdout.split())
    for code, meaning in MEANINGS.items():
        assert re.search(rf"\b{code.value}  {re.escape(meaning)}", result.stdout), code


@pytest.mark.parametrize("command", [*COMMANDS, ("data", "list"), ("data", "fetch")])
def test_every_command_has_help(run, command):
    names = (command,) if isinstance(command, str) else command
    result = run(*names, "--help")
    assert result.exit_code == 0
    assert "Usage: " in result.stdout


def test_the_version_is_that_of_the_package(run):
    assert run("--version").stdout == f"regression-model {regression_model.__version__}\n"


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_load_no_heavy_library(option):
    code = (
        "import sys\n"
        f"sys.argv = ['regression-model', '{option}']\n"
        "from regression_model.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert end.code == 0, end.code\n"
        "heavy = {'sklearn', 'pandas', 'numpy', 'pyarrow', 'matplotlib', 'pydantic'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    start_s = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    # 0.2 s alone; the limit leaves room for a busy machine, and is far below what pandas takes.
    assert time.monotonic() - start_s < 5


def test_the_package_can_be_run_as_a_module():
    command = [sys.executable, "-m", "regression_model", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == f"regression-model {regression_model.__version__}\n"


@pytest.mark.parametrize("arguments", [["nonsense"], ["train", "--nonsense"], ["predict"], ["data", "nonsense"]])
def test_a_wrong_call_is_a_usage_error(run, arguments):
    result = run(*arguments)
    assert result.exit_code == ExitCode.USAGE
    assert "Usage: " in result.stderr


def test_a_misspelt_command_gets_a_hint(run):
    assert "Did you mean 'predict'" in " ".join(run("predic").stderr.split())


def test_an_error_is_one_message_on_stderr_without_traceback(run, tmp_path):
    result = run("info", "--artifact", tmp_path / "nothing")
    assert result.exit_code == ExitCode.ARTIFACT
    assert result.stdout == ""
    assert result.stderr.startswith("error: there is no trained model in")
    assert "Traceback" not in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("place", ["before", "after"])
def test_debug_shows_the_traceback_wherever_it_stands(run, tmp_path, place):
    command = ["info", "--artifact", tmp_path / "nothing"]
    result = run("--debug", *command) if place == "before" else run(*command, "--debug")
    assert result.exit_code == ExitCode.ARTIFACT
    assert "Traceback (most recent call last)" in result.stderr
    assert "ArtifactNotFoundError" in result.stderr


def test_an_error_nobody_foresaw_is_called_a_defect(run, model, monkeypatch):
    def fail(*_: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("regression_model.artifact.load_artifact", fail)
    monkeypatch.setattr("regression_model.artifact.loading.load_artifact", fail)
    result = run("info", "--artifact", model)
    assert result.exit_code == ExitCode.INTERNAL
    assert result.stderr.startswith("error: ")
    assert "--debug" in result.stderr
    assert "Traceback" not in result.stderr


def test_quiet_leaves_results_and_errors(run, model, tmp_path):
    result = run("info", "--json", "--artifact", model, "--quiet")
    assert result.stderr == ""
    assert json.loads(result.stdout)["pipeline_name"] == "houses"
    assert "error: " in run("info", "--artifact", tmp_path, "--quiet").stderr


def test_the_log_file_gets_what_happened_with_its_time_in_utc(run, config, tmp_path):
    log = tmp_path / "logs" / "run.log"
    before = logging.getLogger().handlers[:], logging.getLogger("regression_model").level
    assert run("train", "--config", config, "--sample", "-o", tmp_path / "m", "--log-file", log).exit_code == 0
    assert run("info", "--artifact", tmp_path / "nothing", f"--log-file={log}").exit_code == ExitCode.ARTIFACT

    text = log.read_text(encoding="utf-8")
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ INFO regression_model: regression-model train", text)
    assert "INFO regression_model.cli.progress: Checking the data" in text
    assert "WARNING" in text, "that the sample is synthetic"
    assert "ERROR regression_model.cli.failures: there is no trained model" in text
    assert "ArtifactNotFoundError" in text
    assert (logging.getLogger().handlers, logging.getLogger("regression_model").level) == before


def test_a_log_file_that_can_not_be_written_is_said_so(run, model, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = run("--log-file", tmp_path / "file" / "run.log", "info", "--artifact", model)
    assert result.exit_code == ExitCode.FILE
    assert result.stderr.startswith("error: ")


def test_global_options_are_moved_to_the_front_but_not_over_a_double_dash():
    flags, valued = {"--debug", "-v"}, {"--log-file"}
    assert move_to_front(["a", "-v", "b", "--debug"], flags, valued) == ["-v", "--debug", "a", "b"]
    assert move_to_front(["a", "--log-file=x"], flags, valued) == ["--log-file=x", "a"]
    assert move_to_front(["a", "--log-file"], flags, valued) == ["--log-file", "a"]
    assert move_to_front(["a", "--", "--debug"], flags, valued) == ["a", "--", "--debug"]
