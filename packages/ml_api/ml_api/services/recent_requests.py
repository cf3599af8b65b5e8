"""The memory in which a process counts requests: when each caller's recent ones came.

The library's own has a thread that goes through all callers up to a hundred times a second, and forgets none of them.
Here each request does its share: it looks at two of the callers that have been quiet for longest, and forgets them when
their last request has left the window. So the work per request does not grow with the number of callers.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

from limits.storage import MemoryStorage

LOOKS_PER_REQUEST = 2  # more than one, so that callers are forgotten faster than they come


class RecentRequests(MemoryStorage):
    """A storage for the library's moving windows, all of them of one length.

    Parameters
    ----------
    clock : callable, optional
        Returns the time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._clock = clock
        self._mutex = threading.Lock()
        self._times: OrderedDict[str, deque[float]] = OrderedDict()  # whose last request is oldest, comes first

    @property
    def n_callers(self) -> int:
        """Callers that are remembered."""
        return len(self._times)

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count so many more requests of a caller, unless there is no room for them."""
        now = self._clock()
        with self._mutex:
            self._forget_quiet_callers(now - expiry)
            times = self._times.get(key)
            if times is None:
                times = deque()
            _drop_old(times, now - expiry)
            if len(times) + amount > limit:
                return False
            times.extend([now] * amount)
            self._times[key] = times
            self._times.move_to_end(key)
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """Return the time of a caller's first request in the window, and the number of them."""
        now = self._clock()
        with self._mutex:
            times = self._times.get(key)
            if times is None:
                return now, 0
            _drop_old(times, now - expiry)
            return (times[0], len(times)) if times else (now, 0)

    def count(self, key: str, limit: int, expiry: int) -> tuple[bool, float, int]:
        """Count one more request of a caller, and say how things stand: both of the above at once.

        Returns
        -------
        is_allowed : bool
        first_s : float
            Time of the first request in the window.
        n_requests : int
            In the window.
        """
        is_allowed = self.acquire_entry(key, limit, expiry)
        times = self._times.get(key)
        return (is_allowed, times[0], len(times)) if times else (is_allowed, self._clock(), 0)

    def _forget_quiet_callers(self, before: float) -> None:
        for _ in range(LOOKS_PER_REQUEST):
            oldest = next(iter(self._times), None)
            if oldest is None:
                return
            times = self._times[oldest]
            if times and times[-1] > before:
                return
            del self._times[oldest]


def _drop_old(times: deque[float], before: float) -> None:
    while times and times[0] <= before:
        times.popleft()
