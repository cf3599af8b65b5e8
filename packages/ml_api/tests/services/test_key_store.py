from __future__ import annotations

import logging
import subprocess
import sys
import time

import pytest

from ml_api.errors import KeysFileError
from ml_api.services.key_store import KeyStore
from ml_api.services.keys import create_key, revoke_key, rotate_key
from ml_api.services.keys_file import change_keys, read_keys


@pytest.fixture
def path(tmp_path):
    return tmp_path / "keys.json"


@pytest.fixture
def token(path):
    return _create(path, "shop", ["predict"])


@pytest.fixture
def store(path, token):
    return KeyStore(path, check_interval_s=0)


def _create(path, name, scopes):
    def change(keys):
        changed, _, token = create_key(keys, name, scopes)
        return changed, token

    return change_keys(path, change)


def _rotate(path, name):
    def change(keys):
        changed, _, token = rotate_key(keys, name)
        return changed, token

    return change_keys(path, change)


def _revoke(path, name, slot=None):
    change_keys(path, lambda keys: (revoke_key(keys, name, slot), None))


def test_a_live_key_is_found_with_its_scopes(store, token):
    live = store.find_by_token(token)
    assert (live.name, live.slot, live.scopes) == ("shop", "primary", {"predict"})
    assert store.find_by_mark(live.key_id, live.slot, live.mark) == live


def test_a_wrong_token_is_not_found(store, token):
    assert store.find_by_token(token[:-2]) is None
    assert store.find_by_token("rm_000000000000_" + token.split("_", 2)[2]) is None
    assert store.find_by_token("") is None


def test_a_wrong_mark_is_not_found(store, token):
    live = store.find_by_token(token)
    assert store.find_by_mark(live.key_id, "secondary", live.mark) is None
    assert store.find_by_mark(live.key_id, "primary", "0" * 16) is None
    assert store.find_by_mark("000000000000", "primary", live.mark) is None


def test_rotation_costs_no_outage_and_a_revoked_slot_ends(path, store, token):
    new = _rotate(path, "shop")
    assert store.find_by_token(token) is not None
    session = store.find_by_token(new)
    _revoke(path, "shop", "primary")
    assert store.find_by_token(token) is None
    assert store.find_by_token(new) is not None
    # A new secret in the same slot is not that of the session
    _rotate(path, "shop")
    _rotate(path, "shop")
    assert store.find_by_token(new) is None
    assert store.find_by_mark(session.key_id, session.slot, session.mark) is None


def test_a_file_without_a_live_key_is_refused_at_the_start(path, token):
    _revoke(path, "shop")
    with pytest.raises(KeysFileError, match="No key in .* is live"):
        KeyStore(path)


@pytest.mark.parametrize("break_file", ["corrupt", "open", "gone"])
def test_a_file_that_breaks_is_refused_at_the_start_and_keeps_the_old_keys_afterwards(
    path, store, token, break_file, caplog
):
    # Given a store that knows a key, and a file that then breaks
    whole = path.read_bytes()
    if break_file == "corrupt":
        path.write_text("{")
    elif break_file == "open":
        path.chmod(0o644)
    else:
        path.unlink()
    # Then the old keys stay, and the log says so once
    with caplog.at_level(logging.ERROR, logger="ml_api"):
        assert [store.find_by_token(token) is not None for _ in range(3)] == [True] * 3
    [record] = caplog.records
    assert record.message == "keys file not read again"
    assert str(path) in record.fields["reason"]
    # And a new store does not start
    with pytest.raises(KeysFileError):
        KeyStore(path)
    # And a mended file counts again
    path.write_bytes(whole)
    path.chmod(0o600)
    _revoke(path, "shop")
    assert store.find_by_token(token) is None


def test_the_file_is_looked_at_once_per_interval(path, token):
    store = KeyStore(path, check_interval_s=3600)
    _revoke(path, "shop")
    assert store.find_by_token(token) is not None


WORKER = """
import sys, time
from pathlib import Path
from ml_api.services.key_store import KeyStore
store = KeyStore(Path(sys.argv[1]))
token = sys.argv[2]
assert store.find_by_token(token)
print("ready", flush=True)
while store.find_by_token(token):
    time.sleep(0.02)
print(time.time(), flush=True)
"""


def test_a_revocation_reaches_every_process_within_two_seconds(path, token):
    workers = [
        subprocess.Popen([sys.executable, "-c", WORKER, path, token], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    try:
        assert [worker.stdout.readline() for worker in workers] == ["ready\n"] * 2
        _revoke(path, "shop")
        revoked = time.time()
        noticed = [float(worker.stdout.readline()) for worker in workers]
        assert max(noticed) - revoked < 2
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate()


def test_reading_writes_nothing_to_the_keys_file(path, store, token):
    before = path.stat()
    store.find_by_token(token)
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert read_keys(path)
