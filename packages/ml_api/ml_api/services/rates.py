"""Counts requests per caller in a moving window: in the memory of this process, or in a Redis that all share."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from ml_api.errors import SettingsError

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.storage import Storage
    from limits.strategies import MovingWindowRateLimiter

STORAGE_TIMEOUT_S = 0.5
STORAGE_PAUSE_S = 5.0  # for which a storage that failed is left alone

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Verdict:
    """What one more request of a caller comes to.

    Attributes
    ----------
    is_allowed : bool
    limit, remaining : int
        Requests in each window, and those that are left of them.
    reset_s : int
        Seconds until there is room for one more than now; at least 1 if there is none now.
    """

    is_allowed: bool
    limit: int
    remaining: int
    reset_s: int


class RateCounter:
    """Counts the requests of callers.

    Parameters
    ----------
    rate : str
        Such as ``600 per minute``.
    n_processes : int, optional
        How many processes count for themselves: each gets its share of the rate, at least one request. A shared
        storage gets the whole rate.
    storage_url : str, optional
        URL of a Redis. While it does not answer, this process counts in its memory: requests go on.
    clock : callable, optional
        Returns the time in seconds since 1970; a shared storage has its own.

    Raises
    ------
    SettingsError
        If there is a URL, but the library for Redis is not installed.
    """

    def __init__(
        self,
        rate: str,
        *,
        n_processes: int = 1,
        storage_url: str | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        from limits import parse

        from ml_api.services.recent_requests import RecentRequests

        whole = parse(rate)
        share = type(whole)(max(1, whole.amount // n_processes), whole.multiples)
        self._clock = clock
        self._memory = RecentRequests(clock)
        self._n_allowed, self._window_s = share.amount, share.get_expiry()
        self._shared = None if storage_url is None else (_build_limiter(_connect(storage_url)), whole)
        self._shared_from_s = 0.0

    @property
    def limit(self) -> int:
        """Requests in each window that this process lets pass by its own count."""
        return self._n_allowed

    def count(self, caller: str) -> Verdict:
        """Count one more request of a caller, unless there is no room for it."""
        if self._shared is not None and time.monotonic() >= self._shared_from_s:
            from limits.errors import StorageError

            try:
                return self._count(*self._shared, caller)
            except StorageError as error:
                self._shared_from_s = time.monotonic() + STORAGE_PAUSE_S
                reason = type(error.storage_error).__name__  # its text may have the URL, with a password
                logger.warning("storage of rates failed; counting in memory", extra={"fields": {"reason": reason}})
        return self._count_here(caller)

    def _count_here(self, caller: str) -> Verdict:
        """Do what the library's moving window does, without its way through several layers."""
        is_allowed, first_s, n_requests = self._memory.count(caller, self._n_allowed, self._window_s)
        remaining = max(self._n_allowed - n_requests, 0)
        reset_s = math.ceil(first_s + self._window_s - self._clock())
        return Verdict(is_allowed, self._n_allowed, remaining, max(reset_s, 0 if remaining else 1))

    def _count(self, limiter: MovingWindowRateLimiter, item: RateLimitItem, caller: str) -> Verdict:
        is_allowed = limiter.hit(item, caller)
        reset, remaining = limiter.get_window_stats(item, caller)
        reset_s = math.ceil(reset - self._clock())
        return Verdict(is_allowed, item.amount, max(remaining, 0), max(reset_s, 0 if remaining else 1))


def name_address(address: str | None) -> str:
    """Name the caller that an address stands for: an IPv4 address, or the /64 network that a household gets.

    Examples
    --------
    >>> name_address("192.0.2.7"), name_address("::ffff:192.0.2.7"), name_address("2001:db8::7")
    ('192.0.2.7', '192.0.2.7', '2001:db8::/64')
    >>> name_address(None)
    'unknown'
    """
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or ip_network((int(parsed), 64), strict=False))
    return str(parsed)


def is_loopback(address: str | None) -> bool:
    """Say whether an address is of this machine itself; a name other than ``localhost`` is not.

    Examples
    --------
    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, True, False)
    """
    if address == "localhost":
        return True
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return False
    return ((parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None) or parsed).is_loopback


def _build_limiter(storage: Storage) -> MovingWindowRateLimiter:
    from limits.strategies import MovingWindowRateLimiter

    return MovingWindowRateLimiter(storage)


def _connect(url: str) -> Storage:
    """Prepare a Redis storage; it connects when it is first used."""
    from limits.errors import ConfigurationError
    from limits.storage import RedisStorage

    try:
        return RedisStorage(
            url, wrap_exceptions=True, socket_timeout=STORAGE_TIMEOUT_S, socket_connect_timeout=STORAGE_TIMEOUT_S
        )
    except (ConfigurationError, ValueError):
        raise SettingsError(
            "ML_API_RATE_LIMIT_STORAGE needs a Redis URL and the extra `redis`: pip install 'ml-api[redis]'."
        ) from None
