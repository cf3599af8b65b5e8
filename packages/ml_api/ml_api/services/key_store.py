"""The keys as a running process knows them: read again when the file changes, within a second."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ml_api.errors import KeysFileError
from ml_api.services.file_watch import FileWatch
from ml_api.services.keys import SLOTS, Key, Slot, find_key_id, find_slot
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
    is_required : bool
        If not, a file that can't be read now lets nobody in until it can be.

    Raises
    ------
    KeysFileError
        If it can't be read now, or no key in it is live.
    """

    def __init__(self, path: Path, *, check_interval_s: float = CHECK_INTERVAL_S, is_required: bool = True) -> None:
        self.path = path
        self._last_use = LastUse(path)
        self._watch = FileWatch(path, check_interval_s)
        self._entries: Mapping[str, _Entry] = {}
        try:
            self._entries = _index(path)
            if not any(entry.slots for entry in self._entries.values()):
                raise KeysFileError(f"No key in {path} is live. `ml-api keys create NAME` makes one.")
        except KeysFileError as error:
            if is_required:
                raise
            logger.error("closed: no key is good", extra={"fields": {"reason": error.message}})

    def find_by_token(self, token: str) -> LiveKey | None:
        """Find the live key that a token is of."""
        self._refresh()
        key_id = find_key_id(token)
        if key_id is None:
            return None
        entry = self._entries.get(key_id)
        slot = find_slot(None if entry is None else entry.key, token)
        return None if entry is None or slot is None else self._use(entry.slots[slot])

    def find_by_mark(self, key_id: str, slot: Slot, mark: str) -> LiveKey | None:
        """Find the key of a session, which remembers what `find_by_token` found; None if it is no longer live."""
        self._refresh()
        entry = self._entries.get(key_id)
        live = None if entry is None else entry.slots.get(slot)
        return None if live is None or live.mark != mark else self._use(live)

    def _use(self, live: LiveKey) -> LiveKey:
        self._last_use.note(live.key_id, live.slot)
        return live

    def _refresh(self) -> None:
        # A change is told once also if the file can't be read, so that each state of it is complained of once.
        if not self._watch.has_changed():
            return
        try:
            self._entries = _index(self.path)
        except KeysFileError as error:
            logger.error("keys file not read again", extra={"fields": {"reason": error.message}})
        else:
            logger.info("keys file read again", extra={"fields": {"n_keys": len(self._entries)}})


@dataclass(frozen=True)
class _Entry:
    """A key, and what is found where one of its slots is good: built once, not on each request."""

    key: Key
    slots: Mapping[Slot, LiveKey]


def _index(path: Path) -> Mapping[str, _Entry]:
    return {key.key_id: _Entry(key, _find_live_slots(key)) for key in read_keys(path)}


def _find_live_slots(key: Key) -> dict[Slot, LiveKey]:
    live = {slot: key.find_secret(slot) for slot in SLOTS}
    return {
        slot: LiveKey(key.key_id, key.name, slot, secret.mark, key.scopes)
        for slot, secret in live.items()
        if secret is not None
    }
