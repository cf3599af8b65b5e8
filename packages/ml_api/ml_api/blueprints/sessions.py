"""Sessions of people in browsers: what the signed cookie holds, and whether it is still good.

The cookie holds no key: it says which one the session began with, and that one is looked up on each request. So a key
that is revoked, or whose slot gets another secret, ends its sessions. To end one alone, its id is remembered, since its
cookie may have been copied.
"""

from __future__ import annotations

import secrets
import time
from typing import Any

from flask import session

from ml_api.blueprints.context import Caller
from ml_api.services import KeyGuard, LiveKey

LIFETIME_S = 12 * 3_600
_LOGIN = "login"
_FACTS = frozenset({"id", "key_id", "slot", "mark", "scopes", "since_s"})


def begin_session(live: LiveKey) -> None:
    """Let the cookie say that its owner has a key.

    What was in the cookie before goes, so that nobody gains by having planted it.
    """
    session.clear()
    session.permanent = True  # Flask's word for: its lifetime is limited, and does not end with the window
    session[_LOGIN] = {
        "id": secrets.token_hex(16),
        "key_id": live.key_id,
        "slot": live.slot,
        "mark": live.mark,
        "scopes": sorted(live.scopes),
        "since_s": int(time.time()),
    }


def end_session(guard: KeyGuard) -> None:
    """Make the cookie say nothing, and all copies of it, too."""
    login = _find_login()
    if login is not None:
        guard.end_session(login["id"], login["since_s"] + LIFETIME_S)
    session.clear()


def find_session_caller(guard: KeyGuard) -> Caller | None:
    """Find who has the session; None if there is none, or it has ended. Flask has checked the signature."""
    login = _find_login()
    if login is None:
        return None
    live = guard.find_session_key(login["id"], login["key_id"], login["slot"], login["mark"])
    if live is None or time.time() - login["since_s"] >= LIFETIME_S:
        session.clear()
        return None
    return Caller(key_id=live.key_id, scopes=live.scopes & frozenset(login["scopes"]), via="session")


def _find_login() -> dict[str, Any] | None:
    """Return what the cookie says; None also if an older version has signed it, which said less."""
    login = session.get(_LOGIN)
    return login if isinstance(login, dict) and login.keys() >= _FACTS else None
