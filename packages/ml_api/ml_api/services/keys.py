"""Keys: what they are, how they are made, and how one is recognised. No file is touched here.

A key has a name, scopes, and two slots, primary and secondary. Each slot can hold a secret, and both are good at
the same time. So a secret is changed without an outage: fill the other slot, move the clients, revoke the first.

What a client sends is a token, ``rm_<key id>_<secret>``: 12 hexadecimal digits that say which key it is, and 256
random bits in base64url. We keep the SHA-256 of the token only. A slow password hash would add nothing: there is
no guessing at 256 random bits.

A token is looked up by its key id, which is no secret. Then its digest is compared with those of both slots by
`hmac.compare_digest`, always with both, and with a digest that fits nothing where there is none: the time tells
nothing of where a wrong token begins to differ.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal, get_args

from ml_api.errors import KeyChangeError

Slot = Literal["primary", "secondary"]

SCOPES = ("predict", "train", "admin")
SLOTS: tuple[Slot, ...] = get_args(Slot)
TOKEN = re.compile(r"rm_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_NO_DIGEST = "0" * 64


@dataclass(frozen=True)
class Secret:
    """One slot of a key.

    Attributes
    ----------
    digest : str
        SHA-256 of the token, in hexadecimal. Not in the representation, which may end up in a log.
    created : datetime
        In UTC.
    revoked : datetime or None
        When it ceased to be good.
    """

    digest: str = field(repr=False)
    created: datetime
    revoked: datetime | None = None

    @property
    def mark(self) -> str:
        """Tells this secret from the others that its slot has held; of no use to find the token."""
        return self.digest[:16]


@dataclass(frozen=True)
class Key:
    """A key.

    Attributes
    ----------
    key_id : str
        12 hexadecimal digits.
    name : str
    scopes : frozenset of str
    created : datetime
    secrets : mapping of slot to Secret
    """

    key_id: str
    name: str
    scopes: frozenset[str]
    created: datetime
    secrets: Mapping[Slot, Secret]

    @property
    def is_live(self) -> bool:
        """Whether a slot is good."""
        return any(self.find_secret(slot) for slot in SLOTS)

    def find_secret(self, slot: Slot) -> Secret | None:
        """Return what is in a slot if it is good."""
        secret = self.secrets.get(slot)
        return None if secret is None or secret.revoked is not None else secret


def find_key_id(token: str) -> str | None:
    """Say which key a token is of by its own account; None if it is no token."""
    found = TOKEN.fullmatch(token)
    return found[1] if found else None


def find_slot(key: Key | None, token: str) -> Slot | None:
    """Say which slot of a key a token fits; in constant time, also if there is no such key."""
    digest = digest_token(token)
    fitting: Slot | None = None
    for slot in SLOTS:
        secret = key.find_secret(slot) if key is not None else None
        if hmac.compare_digest(digest, _NO_DIGEST if secret is None else secret.digest):
            fitting = slot
    return fitting


def digest_token(token: str) -> str:
    """Return the SHA-256 of a token in hexadecimal."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def create_key(keys: Sequence[Key], name: str, scopes: Sequence[str]) -> tuple[tuple[Key, ...], Key, str]:
    """Add a key whose primary slot is filled.

    Returns
    -------
    tuple
        All keys, the new one, and its token, which nobody can find out again.

    Raises
    ------
    KeyChangeError
        If the name or a scope is not allowed, or the name is that of a live key.
    """
    if not NAME.fullmatch(name):
        raise KeyChangeError("A name is 1 to 64 letters, digits, '.', '_', '-', and begins with a letter or a digit.")
    if not scopes or not set(scopes) <= set(SCOPES):
        raise KeyChangeError(f"A key needs one or more of the scopes {', '.join(SCOPES)}.")
    if any(key.name == name and key.is_live for key in keys):
        raise KeyChangeError(f"There is a key {name!r} already. Rotate it, revoke it, or choose another name.")
    taken = {key.key_id for key in keys}
    key_id = next(candidate for candidate in iter(lambda: secrets.token_hex(6), "") if candidate not in taken)
    token, secret = _make_secret(key_id)
    key = Key(key_id, name, frozenset(scopes), secret.created, {"primary": secret})
    return (*keys, key), key, token


def rotate_key(keys: Sequence[Key], name: str, slot: Slot | None = None) -> tuple[tuple[Key, ...], Slot, str]:
    """Put a new secret into a slot: by default the one that is free, or else the older one.

    Returns
    -------
    tuple
        All keys, the slot, and the token.

    Raises
    ------
    KeyChangeError
        If there is no such live key.
    """
    key = _get_live(keys, name)
    chosen = _choose_slot(key) if slot is None else slot
    token, secret = _make_secret(key.key_id)
    return _exchange(keys, replace(key, secrets={**key.secrets, chosen: secret})), chosen, token


def revoke_key(keys: Sequence[Key], name: str, slot: Slot | None = None) -> tuple[Key, ...]:
    """Make a slot of a key, by default both, no longer good.

    Raises
    ------
    KeyChangeError
        If there is no such live key, or the slot is not in use.
    """
    key = _get_live(keys, name)
    live = {chosen: key.find_secret(chosen) for chosen in (SLOTS if slot is None else (slot,))}
    now = datetime.now(UTC)
    revoked = {chosen: replace(secret, revoked=now) for chosen, secret in live.items() if secret is not None}
    if not revoked:
        raise KeyChangeError(f"The {slot} slot of {name!r} is not in use.")
    return _exchange(keys, replace(key, secrets={**key.secrets, **revoked}))


def _choose_slot(key: Key) -> Slot:
    free = [slot for slot in SLOTS if key.find_secret(slot) is None]
    return free[0] if free else min(SLOTS, key=lambda slot: key.secrets[slot].created)


def _get_live(keys: Sequence[Key], name: str) -> Key:
    for key in keys:
        if key.name == name and key.is_live:
            return key
    names = sorted(key.name for key in keys if key.is_live)
    raise KeyChangeError(f"There is no live key {name!r}; there are: {', '.join(names) or 'none'}.")


def _exchange(keys: Sequence[Key], changed: Key) -> tuple[Key, ...]:
    return tuple(changed if key.key_id == changed.key_id else key for key in keys)


def _make_secret(key_id: str) -> tuple[str, Secret]:
    token = f"rm_{key_id}_{secrets.token_urlsafe(32)}"
    return token, Secret(digest_token(token), datetime.now(UTC))
