from __future__ import annotations

import stat

import pytest
from click.testing import CliRunner

from ml_api.cli import main
from ml_api.services import KeyStore
from ml_api.services.last_use import LastUse


@pytest.fixture
def path(tmp_path):
    return tmp_path / "keys.json"


@pytest.fixture
def run(path):
    def invoke(*arguments, exit_code=0):
        result = CliRunner().invoke(main, ["keys", *arguments], env={"ML_API_KEYS_FILE": str(path)})
        assert result.exit_code == exit_code, result.output
        return result

    return invoke


def test_a_key_from_its_making_to_its_end(path, run):
    # Given a key
    created = run("create", "shop", "--scope", "predict", "--scope", "train")
    first = created.stdout.strip()
    assert "shown this once" in created.stderr
    assert first not in created.stderr
    store = KeyStore(path, check_interval_s=0)
    live = store.find_by_token(first)
    assert (live.name, live.slot, live.scopes) == ("shop", "primary", {"predict", "train"})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    # When it is rotated, then both secrets are good
    second = run("rotate", "shop").stdout.strip()
    assert [store.find_by_token(token).slot for token in (first, second)] == ["primary", "secondary"]
    # When the first is revoked, then the second goes on
    assert "primary slot" in run("revoke", "shop", "--slot", "primary").stderr
    assert store.find_by_token(first) is None
    assert store.find_by_token(second) is not None
    # When the key is revoked, then it is over
    run("revoke", "shop")
    assert store.find_by_token(second) is None


def test_the_list_shows_each_slot_and_no_secret(path, run):
    token = run("create", "shop").stdout.strip()
    run("create", "a-much-longer-name", "--scope", "admin")
    run("rotate", "shop")
    run("revoke", "shop", "--slot", "primary")
    last_use = LastUse(path)
    last_use.note(token.split("_")[1], "secondary")
    last_use.flush()
    heading, primary, secondary, other = run("list").stdout.splitlines()
    assert heading.split("  ")[0] == "NAME"
    assert primary.split()[:5] == ["shop", token.split("_")[1], "predict", "primary", "revoked"]
    assert primary.endswith("never")
    assert secondary.split()[3:5] == ["secondary", "live"]
    assert secondary.endswith("Z")
    assert other.split()[2:5] == ["admin", "primary", "live"]
    starts = {line.index(word) for line, word in ((heading, "SLOT"), (primary, "primary"), (other, "primary"))}
    assert len(starts) == 1
    assert token.split("_", 2)[2] not in "".join((heading, primary, secondary, other))


def test_a_slot_can_be_chosen(path, run):
    first = run("create", "shop").stdout.strip()
    second = run("rotate", "shop", "--slot", "primary").stdout.strip()
    store = KeyStore(path)
    assert store.find_by_token(first) is None
    assert store.find_by_token(second).slot == "primary"


def test_the_file_can_be_named_on_the_command_line(tmp_path):
    path = tmp_path / "other.json"
    result = CliRunner().invoke(main, ["keys", "create", "shop", "--file", str(path)])
    assert result.exit_code == 0
    assert KeyStore(path).find_by_token(result.stdout.strip()) is not None


def test_without_a_file_the_command_line_is_wrong():
    result = CliRunner().invoke(main, ["keys", "list"])
    assert result.exit_code == 2
    assert "set ML_API_KEYS_FILE, or give --file" in result.output


def test_what_can_not_be_done_is_one_message_and_exit_code_1(path, run):
    assert run("list", exit_code=1).stderr.startswith("Error: There is no file")
    run("create", "shop")
    assert run("create", "shop", exit_code=1).stderr.startswith("Error: There is a key 'shop' already.")
    assert run("rotate", "shpo", exit_code=1).stderr.startswith("Error: There is no live key 'shpo'; there are: shop")
    assert run("revoke", "shop", "--slot", "secondary", exit_code=1).stderr.startswith("Error: The secondary slot")
    path.chmod(0o644)
    assert "chmod 600" in run("create", "other", exit_code=1).stderr


@pytest.mark.parametrize(
    "arguments", [["create"], ["create", "x", "--scope", "root"], ["rotate", "x", "--slot", "third"]]
)
def test_a_wrong_command_line_is_exit_code_2(run, arguments):
    run(*arguments, exit_code=2)
