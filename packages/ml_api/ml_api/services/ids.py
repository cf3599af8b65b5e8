"""Makes ids that nobody can guess."""

from __future__ import annotations

import os

_ID_BYTES = 16
_IDS_AT_ONCE = 64

_random: list[bytes] = []


def make_id() -> str:
    """Return 32 hexadecimal digits, at random.

    Randomness is asked of the system for many ids at once, since asking takes longer than all the rest.
    """
    try:
        return _random.pop().hex()
    except IndexError:
        fresh = os.urandom(_ID_BYTES * _IDS_AT_ONCE)
        _random.extend(fresh[start : start + _ID_BYTES] for start in range(_ID_BYTES, len(fresh), _ID_BYTES))
        return fresh[:_ID_BYTES].hex()


os.register_at_fork(after_in_child=_random.clear)  # else children would make the same ids
