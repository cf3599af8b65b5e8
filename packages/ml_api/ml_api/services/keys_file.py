"""The file of the keys: JSON with mode 0600, changed by one process at a time and replaced in one step.

::

    {"version": 1, "keys": [{"id": "0a1b2c3d4e5f", "name": "shop", "scopes": ["predict"], "created": "2026-01-31T...",
      "slots": {"primary": {"sha256": "...", "created": "...", "revoked": null}}}]}
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from ml_api.errors import KeysFileError
from ml_api.services.keys import NAME, SCOPES, SLOTS, Key, Secret, Slot
from ml_api.services.private_files import lock_private, read_private, write_private

VERSION = 1
Result = TypeVar("Result")


def read_keys(path: Path) -> tuple[Key, ...]:
    """Read all keys, revoked ones too.

    Raises
    ------
    KeysFileError
        If the file is missing, may be used by others, or is not what we wrote.
    """
    text = read_private(path)
    try:
        document = json.loads(text)
        if document["version"] != VERSION:
            raise ValueError(f"its version is {document['version']!r}, not {VERSION}")
        keys = tuple(_parse_key(item) for item in document["keys"])
        if len({key.key_id for key in keys}) != len(keys):
            raise ValueError("a key id comes twice")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        # Not the text of the file, which may hold what somebody pasted into it.
        raise KeysFileError(f"{path} is no keys file: {type(error).__name__}: {error}.") from None
    return keys


def change_keys(path: Path, change: Callable[[tuple[Key, ...]], tuple[tuple[Key, ...], Result]]) -> Result:
    """Change the keys in a file; where there is none, it is made.

    Parameters
    ----------
    path : Path
        Its folder has to exist.
    change : callable
        Gets all keys; returns all keys as they shall be, and what this function shall return.

    Raises
    ------
    KeysFileError
        If the file can't be read or written.
    """
    with lock_private(path):
        keys, result = change(read_keys(path) if path.exists() else ())
        write_private(path, format_keys(keys))
    return result


def format_keys(keys: Sequence[Key]) -> str:
    """Write keys as the text of a keys file."""
    items = [
        {
            "id": key.key_id,
            "name": key.name,
            "scopes": [scope for scope in SCOPES if scope in key.scopes],
            "created": key.created.isoformat(),
            "slots": {
                slot: {
                    "sha256": secret.digest,
                    "created": secret.created.isoformat(),
                    "revoked": None if secret.revoked is None else secret.revoked.isoformat(),
                }
                for slot, secret in key.secrets.items()
            },
        }
        for key in keys
    ]
    return json.dumps({"version": VERSION, "keys": items}, indent=2) + "\n"


def _parse_key(item: dict[str, Any]) -> Key:
    slots: dict[Slot, Secret] = {slot: _parse_secret(item["slots"][slot]) for slot in SLOTS if slot in item["slots"]}
    scopes = frozenset(item["scopes"])
    if not re.fullmatch(r"[0-9a-f]{12}", item["id"]) or not NAME.fullmatch(item["name"]) or not scopes <= set(SCOPES):
        raise ValueError("an id, a name or a scope is not allowed")
    return Key(item["id"], item["name"], scopes, _parse_time(item["created"]), slots)


def _parse_secret(item: dict[str, Any]) -> Secret:
    if not re.fullmatch(r"[0-9a-f]{64}", item["sha256"]):
        raise ValueError("a digest is no SHA-256 in hexadecimal")
    revoked = item["revoked"]
    return Secret(item["sha256"], _parse_time(item["created"]), None if revoked is None else _parse_time(revoked))


def _parse_time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError("a time has no time zone")
    return time
