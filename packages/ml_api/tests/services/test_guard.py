from __future__ import annotations

import logging
import time

import pytest

from ml_api.errors import TooManyRequestsError, UnauthorizedError
from ml_api.services import KeyGuard, KeyStore
from ml_api.services.keys import create_key
from ml_api.services.keys_file import change_keys


@pytest.fixture
def token(tmp_path):
    def change(keys):
        changed, _, token = create_key(keys, "shop", ["predict"])
        return changed, token

    return change_keys(tmp_path / "keys.json", change)


@pytest.fixture
def guard(tmp_path, token):
    return KeyGuard(KeyStore(tmp_path / "keys.json"))


def _fail(guard, address):
    with pytest.raises((UnauthorizedError, TooManyRequestsError)) as caught:
        guard.check_token("wrong", address=address)
    return type(caught.value)


def test_wrong_keys_are_limited_by_address(guard):
    assert [_fail(guard, "192.0.2.1") for _ in range(10)] == [UnauthorizedError] * 10
    with pytest.raises(TooManyRequestsError) as caught:
        guard.check_token("wrong", address="192.0.2.1")
    assert 1 <= caught.value.details["retry_after_s"] <= 60
    assert _fail(guard, "192.0.2.2") is UnauthorizedError


@pytest.mark.parametrize(("n_processes", "share"), [(1, 10), (3, 3), (20, 1)])
def test_processes_share_the_wrong_keys_of_an_address(tmp_path, token, n_processes, share):
    guard = KeyGuard(KeyStore(tmp_path / "keys.json"), n_processes=n_processes)
    kinds = [_fail(guard, "192.0.2.1") for _ in range(share + 1)]
    assert kinds == [UnauthorizedError] * share + [TooManyRequestsError]


def test_addresses_of_one_ipv6_network_count_together(guard):
    assert [_fail(guard, f"2001:db8::{number:x}") for number in range(10)] == [UnauthorizedError] * 10
    assert _fail(guard, "2001:db8::ffff") is TooManyRequestsError
    assert _fail(guard, "2001:db8:1::1") is UnauthorizedError


def test_a_live_key_is_good_from_an_address_that_sent_many_wrong_ones(guard, token):
    for _ in range(12):
        _fail(guard, "192.0.2.1")
    assert guard.check_token(token, address="192.0.2.1").name == "shop"


def test_the_log_tells_the_address_and_never_what_was_sent(guard, token, caplog):
    wrong = token[:-1] + ("A" if token[-1] != "A" else "B")
    with caplog.at_level(logging.WARNING, logger="ml_api"), pytest.raises(UnauthorizedError):
        guard.check_token(wrong, address="192.0.2.1")
    [record] = caplog.records
    assert record.fields == {"address": "192.0.2.1", "key_id": token.split("_")[1]}
    assert wrong not in caplog.text


def test_a_session_that_was_ended_is_no_session_with_a_live_key(guard, token):
    live = guard.check_token(token, address=None)
    of_key = (live.key_id, live.slot, live.mark)
    guard.end_session("a", time.time() + 60)
    assert guard.find_session_key("a", *of_key) is None
    assert guard.find_session_key("b", *of_key) == live
