from __future__ import annotations

import hmac

import pytest

from ml_api.errors import KeyChangeError
from ml_api.services.keys import SLOTS, create_key, find_key_id, find_slot, revoke_key, rotate_key


@pytest.fixture
def made():
    keys, _, token = create_key((), "shop", ["predict"])
    return keys, token


def test_a_token_has_the_id_of_its_key_and_256_random_bits(made):
    [key], token = made
    assert token.startswith(f"rm_{key.key_id}_")
    assert len(token.split("_", 2)[2]) == 43  # base64url of 32 bytes, without padding
    assert find_key_id(token) == key.key_id
    assert create_key((), "shop", ["predict"])[2] != token


def test_the_token_is_in_no_representation(made):
    [key], token = made
    assert token not in repr(key)
    assert key.secrets["primary"].digest not in repr(key)


def test_a_token_fits_its_slot(made):
    [key], token = made
    assert find_slot(key, token) == "primary"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-1],
        lambda token: token + "A",
        lambda token: token.upper(),
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: token.replace("rm_", "rm-"),
        lambda token: f" {token}",
        lambda token: f"{token}\n",
        lambda token: "\ud800" + token,
        lambda token: token.encode().hex(),
        lambda _token: "",
    ],
)
def test_nothing_like_a_token_fits(made, spoil):
    [key], token = made
    assert find_slot(key, spoil(token)) is None


@pytest.mark.parametrize("text", ["", "rm_", "rm_0123456789ab_", "rm_0123456789ab_" + "A" * 42, "rm_../../etc/pass_x"])
def test_what_is_no_token_has_no_id(text):
    assert find_key_id(text) is None


def test_the_secret_of_one_key_is_of_no_use_with_the_id_of_another(made):
    keys, token = made
    keys, other, other_token = create_key(keys, "other", ["admin"])
    mixed = f"rm_{other.key_id}_{token.split('_', 2)[2]}"
    assert find_key_id(mixed) == other.key_id
    assert find_slot(other, mixed) is None
    assert find_slot(other, token) is None
    assert find_slot(other, other_token) == "primary"


@pytest.mark.parametrize("is_known", [True, False])
def test_both_slots_are_compared_in_constant_time_whatever_there_is(made, is_known, monkeypatch):
    [key], token = made
    compared = []
    compare = hmac.compare_digest

    def watch(left: str, right: str) -> bool:
        compared.append((len(left), len(right)))
        return compare(left, right)

    monkeypatch.setattr("hmac.compare_digest", watch)
    assert find_slot(key if is_known else None, token) == ("primary" if is_known else None)
    assert compared == [(64, 64)] * len(SLOTS)


def test_rotation_fills_the_free_slot_and_both_are_good(made):
    keys, old = made
    keys, slot, new = rotate_key(keys, "shop")
    assert slot == "secondary"
    assert [find_slot(keys[0], token) for token in (old, new)] == ["primary", "secondary"]


def test_the_next_rotation_replaces_the_older(made):
    keys, first = made
    keys, _, second = rotate_key(keys, "shop")
    keys, slot, third = rotate_key(keys, "shop")
    assert slot == "primary"
    assert [find_slot(keys[0], token) for token in (first, second, third)] == [None, "secondary", "primary"]


def test_rotation_takes_the_slot_that_was_revoked(made):
    keys, _ = made
    keys, _, second = rotate_key(keys, "shop")
    keys = revoke_key(keys, "shop", "secondary")
    keys, slot, third = rotate_key(keys, "shop")
    assert slot == "secondary"
    assert [find_slot(keys[0], token) for token in (second, third)] == [None, "secondary"]


def test_rotation_of_a_named_slot(made):
    keys, first = made
    keys, slot, second = rotate_key(keys, "shop", "primary")
    assert slot == "primary"
    assert [find_slot(keys[0], token) for token in (first, second)] == [None, "primary"]


def test_one_slot_is_revoked_and_the_other_goes_on(made):
    keys, first = made
    keys, _, second = rotate_key(keys, "shop")
    keys = revoke_key(keys, "shop", "primary")
    assert [find_slot(keys[0], token) for token in (first, second)] == [None, "secondary"]
    assert keys[0].is_live


def test_a_key_without_a_slot_is_dead_and_its_name_is_free(made):
    keys, token = made
    keys = revoke_key(keys, "shop")
    assert not keys[0].is_live
    assert find_slot(keys[0], token) is None
    keys, again, _ = create_key(keys, "shop", ["predict"])
    assert again.key_id != keys[0].key_id
    assert find_slot(again, token) is None


def test_changes_of_no_live_key_are_refused(made):
    keys, _ = made
    with pytest.raises(KeyChangeError, match="no live key 'shpo'; there are: shop"):
        rotate_key(keys, "shpo")
    keys = revoke_key(keys, "shop")
    with pytest.raises(KeyChangeError, match="no live key 'shop'; there are: none"):
        rotate_key(keys, "shop")
    with pytest.raises(KeyChangeError, match="no live key 'shop'"):
        revoke_key(keys, "shop")


def test_an_empty_slot_can_not_be_revoked(made):
    with pytest.raises(KeyChangeError, match="The secondary slot of 'shop' is not in use"):
        revoke_key(made[0], "shop", "secondary")


def test_a_name_is_taken_once(made):
    with pytest.raises(KeyChangeError, match="There is a key 'shop' already"):
        create_key(made[0], "shop", ["admin"])


@pytest.mark.parametrize("name", ["", "-x", "a b", "a\nb", "é", "a" * 65, "../x", "<script>"])
def test_a_name_that_could_upset_anything_is_refused(name):
    with pytest.raises(KeyChangeError, match="A name is 1 to 64"):
        create_key((), name, ["predict"])


@pytest.mark.parametrize("scopes", [[], ["root"], ["predict", "root"]])
def test_scopes_are_those_that_there_are(scopes):
    with pytest.raises(KeyChangeError, match="scopes predict, train, admin"):
        create_key((), "shop", scopes)
