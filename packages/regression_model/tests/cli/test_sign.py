from __future__ import annotations

import shutil

import pytest

from regression_model.artifact import load_artifact
from regression_model.cli.exit_codes import ExitCode


@pytest.fixture
def copy(model, tmp_path):
    return shutil.copytree(model, tmp_path / "model")


@pytest.fixture
def key(run, tmp_path):
    """A key, and its id."""
    file = tmp_path / "team.pem"
    return file, run("signing-key", "create", "--output", file).stdout.strip()


def test_a_key_signs_and_its_public_half_verifies(run, copy, key, tmp_path):
    file, key_id = key
    signed = run("sign", copy, "--key", file)
    assert signed.exit_code == 0, signed.stderr
    assert signed.stdout.strip() == str(next(copy.glob("*.manifest.json.sig")))

    verified = run("verify-signature", copy, "--trusted-keys", f"{file}.pub")

    assert verified.exit_code == 0
    assert verified.stdout == f"{key_id}\n"
    assert load_artifact(copy, trusted_keys=f"{file}.pub").signed_by == key_id


def test_a_model_that_nobody_signed_is_refused_in_one_line(run, model, key):
    result = run("verify-signature", model, "--trusted-keys", f"{key[0]}.pub")
    assert result.exit_code == ExitCode.ARTIFACT
    assert result.stdout == ""
    assert "is not signed" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_the_key_can_be_encrypted_and_its_passphrase_is_shown_nowhere(run, copy, tmp_path, monkeypatch):
    file = tmp_path / "encrypted.pem"
    monkeypatch.setenv("OUR_PASSPHRASE", "canary of ours")
    made = run("--verbose", "signing-key", "create", "-o", file, "--passphrase-env", "OUR_PASSPHRASE")
    assert "not encrypted" not in made.stderr
    assert run("sign", copy, "--key", file).exit_code == ExitCode.ARTIFACT
    signed = run("--verbose", "sign", copy, "--key", file, "--passphrase-env", "OUR_PASSPHRASE")
    assert signed.exit_code == 0
    monkeypatch.setenv("OUR_PASSPHRASE", "another canary")
    refused = run("--debug", "sign", copy, "--key", file, "--passphrase-env", "OUR_PASSPHRASE")
    assert refused.exit_code == ExitCode.ARTIFACT
    assert "canary" not in made.output + signed.output + refused.output


@pytest.mark.parametrize("value", [None, ""])
def test_a_variable_without_a_passphrase_makes_no_key_that_is_not_encrypted(run, tmp_path, monkeypatch, value):
    if value is None:
        monkeypatch.delenv("OUR_PASSPHRASE", raising=False)
    else:
        monkeypatch.setenv("OUR_PASSPHRASE", value)
    result = run("signing-key", "create", "-o", tmp_path / "k", "--passphrase-env", "OUR_PASSPHRASE")
    assert result.exit_code == ExitCode.USAGE
    assert list(tmp_path.iterdir()) == []


def test_info_tells_who_says_to_have_signed(run, copy, key):
    file, key_id = key
    assert "nobody" in run("info", "--artifact", copy).stdout
    run("sign", copy, "--key", file)
    # The lines of a table are broken where the terminal ends.
    assert key_id in run("info", "--artifact", copy).stdout.replace("\n", "").replace(" ", "")


def test_commands_that_load_models_can_ask_for_a_signature(run, copy, key, rows, tmp_path):
    file, key_id = key
    commands = [
        ("info",),
        ("evaluate", "--sample", "--metrics-only"),
        ("predict", rows, "--output", tmp_path / "prices.csv"),
    ]
    for command in commands:
        refused = run(*command, "--artifact", copy, "--trusted-keys", f"{file}.pub")
        assert (refused.exit_code, refused.stdout) == (ExitCode.ARTIFACT, "")
        assert "is not signed" in refused.stderr
    run("sign", copy, "--key", file)
    for command in commands:
        assert run(*command, "--artifact", copy, "--trusted-keys", f"{file}.pub").exit_code == 0
    shown = run("info", "--artifact", copy, "--trusted-keys", f"{file}.pub").stdout
    assert key_id in shown.replace("\n", "").replace(" ", "")
    assert "not checked" not in shown


@pytest.mark.parametrize("command", ["sign", "verify-signature", "signing-key"])
def test_each_command_has_help(run, command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "Usage: " in result.stdout
