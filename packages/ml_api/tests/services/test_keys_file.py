from __future__ import annotations

import json
import stat
import subprocess
import sys

import pytest

from ml_api.errors import KeyChangeError, KeysFileError
from ml_api.services.keys import create_key, revoke_key, rotate_key
from ml_api.services.keys_file import change_keys, read_keys
from ml_api.services.private_files import write_private


@pytest.fixture
def path(tmp_path):
    return tmp_path / "keys.json"


def _create(path, name="shop", scopes=("predict",)):
    def change(keys):
        changed, _, token = create_key(keys, name, scopes)
        return changed, token

    return change_keys(path, change)


def test_keys_come_back_as_they_were(path):
    _create(path)
    _create(path, "office", ("train", "admin"))
    change_keys(path, lambda keys: (rotate_key(keys, "shop")[0], None))
    change_keys(path, lambda keys: (revoke_key(keys, "shop", "primary"), None))
    keys = read_keys(path)
    assert [(key.name, sorted(key.scopes)) for key in keys] == [("shop", ["predict"]), ("office", ["admin", "train"])]
    assert keys[0].find_secret("primary") is None
    assert keys[0].find_secret("secondary") is not None
    change_keys(path, lambda known: (known, None))
    assert read_keys(path) == keys


def test_the_file_has_the_digest_and_never_the_token(path):
    token = _create(path)
    text = path.read_text()
    assert token not in text
    assert token.split("_", 2)[2] not in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_change_that_fails_leaves_the_file(path):
    _create(path)
    before = path.read_bytes()
    with pytest.raises(KeyChangeError):
        _create(path)
    assert path.read_bytes() == before


CREATE = """
import sys
from pathlib import Path
from ml_api.services.keys import create_key
from ml_api.services.keys_file import change_keys
for number in range(10):
    change_keys(Path(sys.argv[1]), lambda keys: (create_key(keys, f"{sys.argv[2]}-{number}", ["predict"])[0], None))
"""


def test_processes_that_change_it_at_once_lose_nothing(path):
    processes = [subprocess.Popen([sys.executable, "-c", CREATE, path, name]) for name in ("a", "b", "c")]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert sorted(key.name for key in read_keys(path)) == sorted(f"{n}-{i}" for n in "abc" for i in range(10))


def _spoil(change):
    def spoil(document):
        change(document)
        return json.dumps(document)

    return spoil


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: "",
        lambda _: "{",
        lambda _: "[]",
        lambda _: "null",
        lambda _: "[" * 100_000,
        lambda document: json.dumps(document)[:-10],
        _spoil(lambda document: document.update(version=2)),
        _spoil(lambda document: document.update(keys=None)),
        _spoil(lambda document: document.update(keys=[1])),
        _spoil(lambda document: document["keys"].append(document["keys"][0])),
        _spoil(lambda document: document["keys"][0].update(scopes=["root"])),
        _spoil(lambda document: document["keys"][0].update(id="x")),
        _spoil(lambda document: document["keys"][0].update(name="<b>")),
        _spoil(lambda document: document["keys"][0].update(created="yesterday")),
        _spoil(lambda document: document["keys"][0].update(created="2026-01-01T00:00:00")),
        _spoil(lambda document: document["keys"][0]["slots"]["primary"].update(sha256="0")),
        _spoil(lambda document: document["keys"][0]["slots"]["primary"].pop("revoked")),
    ],
)
def test_what_we_did_not_write_is_refused_and_not_overwritten(path, spoil):
    _create(path)
    write_private(path, spoil(json.loads(path.read_text())))
    before = path.read_bytes()
    with pytest.raises(KeysFileError, match="is no keys file"):
        read_keys(path)
    with pytest.raises(KeysFileError, match="is no keys file"):
        _create(path, "other")
    assert path.read_bytes() == before
