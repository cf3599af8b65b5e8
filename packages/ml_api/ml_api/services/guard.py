"""Recognises callers by their keys, and slows down those who keep trying wrong ones."""

from __future__ import annotations

import logging

from ml_api.errors import TooManyRequestsError, UnauthorizedError
from ml_api.services.ended_sessions import EndedSessions
from ml_api.services.key_store import KeyStore, LiveKey
from ml_api.services.keys import Slot, find_key_id
from ml_api.services.rates import RateCounter, name_address

FAILURE_RATE = "10 per minute"

logger = logging.getLogger(__name__)


class KeyGuard:
    """Recognises callers by their keys.

    Wrong keys count by address, in the way of `RateCounter`. A live key is good from any address, however many wrong
    ones came from there before: guessing at 256 random bits gets nobody anywhere, and whoever shares an address with
    somebody who tries must not be shut out.

    Parameters
    ----------
    store : KeyStore
        The keys.
    n_processes : int, optional
        How many processes count wrong keys for themselves.
    storage_url : str, optional
        URL of a Redis in which they count together.
    """

    def __init__(self, store: KeyStore, *, n_processes: int = 1, storage_url: str | None = None) -> None:
        self._store = store
        self._ended = EndedSessions(store.path)
        self._failures = RateCounter(FAILURE_RATE, n_processes=n_processes, storage_url=storage_url)

    def check_token(self, token: str, *, address: str | None) -> LiveKey:
        """Return the key that a token is of.

        Parameters
        ----------
        token : str
            As it came.
        address : str or None
            Of the client.

        Raises
        ------
        UnauthorizedError
            If it is of no live key.
        TooManyRequestsError
            If, besides, too many wrong ones came from this address.
        """
        live = self._store.find_by_token(token)
        if live is not None:
            return live
        verdict = self._failures.count(f"wrong keys:{name_address(address)}")
        # Of a token no more than the id, which is no secret, and nothing at all of what is no token.
        fields = {"address": address, "key_id": find_key_id(token)}
        logger.warning("key refused", extra={"fields": fields})
        if not verdict.is_allowed:
            raise TooManyRequestsError(
                f"Too many wrong keys came from this address. Try again in {verdict.reset_s} s.",
                details={"retry_after_s": verdict.reset_s},
            )
        raise UnauthorizedError("The key is not valid: it is mistyped, or has been revoked.")

    def find_session_key(self, session_id: str, key_id: str, slot: Slot, mark: str) -> LiveKey | None:
        """Find the key with which a session began; None if it is no longer live, or the session was ended."""
        return None if session_id in self._ended else self._store.find_by_mark(key_id, slot, mark)

    def end_session(self, session_id: str, ends_s: float) -> None:
        """End a session in all processes, within two seconds; `ends_s` is when its time would end it."""
        self._ended.add(session_id, ends_s)
