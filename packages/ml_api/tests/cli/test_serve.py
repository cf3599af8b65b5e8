from __future__ import annotations

import sys

import pytest
from click.testing import CliRunner

import ml_api
from ml_api.cli import main
from ml_api.cli.serve import build_command
from ml_api.settings import ProductionSettings


def test_version():
    result = CliRunner().invoke(main, ["--version"])
    assert result.exit_code == 0
    assert result.output == f"ml-api {ml_api.__version__}\n"


@pytest.mark.parametrize("arguments", [["--help"], ["serve", "-h"]])
def test_help(arguments):
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0
    assert "Usage: " in result.output


def test_unusable_settings_are_one_message_and_exit_code_1():
    result = CliRunner().invoke(main, ["serve"], env={"ML_API_PROT": "1", "ML_API_WORKERS": "many"})
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "Error: The environment can't be used:",
        "- ML_API_PROT is no setting; did you mean ML_API_PORT?",
        "- ML_API_WORKERS must be a whole number from 1 to 256, but is 'many'",
    ]


@pytest.mark.parametrize("arguments", [["--port", "0"], ["--port", "x"], ["--workers", "0"], ["--colour", "red"]])
def test_a_wrong_command_line_is_exit_code_2(arguments):
    assert CliRunner().invoke(main, ["serve", *arguments]).exit_code == 2


def test_the_process_becomes_gunicorn(monkeypatch):
    commands = []
    monkeypatch.setattr("os.execve", lambda *arguments: commands.append(arguments))
    environ = {
        "ML_API_PORT": "1234",
        "ML_API_WORKERS": "3",
        "ML_API_WITHOUT_KEYS": "1",
        "ML_API_SECRET_KEY": "0123456789abcdef" * 2,
    }
    assert CliRunner().invoke(main, ["serve", "--host", "::1", "--workers", "4"], env=environ).exit_code == 0
    settings = ProductionSettings(host="::1", port=1234, workers=4)
    [(program, command, handed_on)] = commands
    assert (program, command) == (sys.executable, build_command(settings))
    # The workers are told by the environment, which says the same as the command line
    told = [handed_on[f"ML_API_{name}"] for name in ("HOST", "PORT", "WORKERS", "WITHOUT_KEYS")]
    assert told == ["::1", "1234", "4", "1"]
    assert command[-5:] == ["--bind", "[::1]:1234", "--workers", "4", "ml_api.wsgi:app"]


@pytest.mark.parametrize("arguments", [[], ["--host", "0.0.0.0"]])
def test_a_server_that_would_be_too_open_does_not_start(monkeypatch, arguments):
    monkeypatch.setattr("os.execve", lambda *_: pytest.fail("it started"))
    environment = "development" if arguments else "production"
    result = CliRunner().invoke(main, ["serve", *arguments], env={"ML_API_ENV": environment})
    assert result.exit_code == 1
    assert result.output.startswith("Error: The API does not start:\n- ")
