"""The keys as a running process knows them: read again when the file changes, within a second."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ml_api.errors import KeysFileError
from ml_api.services.keys import Key, Slot, find_key_id, find_slot
from ml_api.services.keys_file import read_keys
from ml_api.services.last_use import LastUse

CHECK_INTERVAL_S = 1.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class LiveKey:
    """A key and the slot by which it was recognised.

    Attributes
    ----------
    key_id, name : str
    slot : {"primary", "secondary"}
    mark : str
        Tells the secret from others that the slot held earlier.
    scopes : frozenset of str
    """

    key_id: str
    name: str
    slot: Slot
    mark: str
    scopes: frozenset[str]


class KeyStore:
    """The keys of a keys file.

    A file that has become unreadable while we run changes nothing but the log: the keys that we know stay good, and
    none is added.

    Parameters
    ----------
    path : Path
        The keys file.
    check_interval_s : float, optional
        How often at most the file is looked at.

    Raises
    ------
    KeysFileError
        If it can't be read now, or no key in it is live.
    """

    def __init__(self, path: Path, *, check_interval_s: float = CHECK_INTERVAL_S) -> None:
        self._path = path
        self._check_interval_s = check_interval_s
        self._last_use = LastUse(path)
        self._signature = _find_signature(path)
        self._checked_s = time.monotonic()
        self._keys = _index(path)
        if not any(key.is_live for key in self._keys.values()):
            raise KeysFileError(f"No key in {path} is live. `ml-api keys create NAME` makes one.")

    def find_by_token(self, token: str) -> LiveKey | None:
        """Find the live key that a token is of."""
        self._refresh()
        key_id = find_key_id(token)
        if key_id is None:
            return None
        key = self._keys.get(key_id)
        slot = find_slot(key, token)
        return None if key is None or slot is None else self._use(key, slot)

    def find_by_mark(self, key_id: str, slot: Slot, mark: str) -> LiveKey | None:
        """Find the key of a session, which remembers what `find_by_token` found; None if it is no longer live."""
        self._refresh()
        key = self._keys.get(key_id)
        secret = key.find_secret(slot) if key is not None else None
        return None if key is None or secret is None or secret.mark != mark else self._use(key, slot)

    def _use(self, key: Key, slot: Slot) -> LiveKey:
        self._last_use.note(key.key_id, slot)
        return LiveKey(key.key_id, key.name, slot, key.secrets[slot].mark, key.scopes)

    def _refresh(self) -> None:
        now_s = time.monotonic()
        if now_s - self._checked_s < self._check_interval_s:
            return
        self._checked_s = now_s
        signature = _find_signature(self._path)
        if signature == self._signature:
            return
        # Noted also if the file can't be read, so that each state of it is complained of once.
        self._signature = signature
        try:
            self._keys = _index(self._path)
        except KeysFileError as error:
            logger.error("keys file not read again", extra={"fields": {"reason": error.message}})
        else:
            logger.info("keys file read again", extra={"fields": {"n_keys": len(self._keys)}})


def _index(path: Path) -> Mapping[str, Key]:
    return {key.key_id: key for key in read_keys(path)}


def _find_signature(path: Path) -> tuple[int, ...] | None:
    """Return what changes when a file is replaced, written to, or gets another mode; None without a file."""
    try:
        status = os.stat(path)  # noqa: PTH116 - one call on the path of a request
    except OSError:
        return None
    return (status.st_ino, status.st_mtime_ns, status.st_ctime_ns, status.st_size)
