"""Notes when keys were last used: gathered in memory, written beside the keys file at most once a minute.

The notes are no part of the keys file, which workers then never write: a worker that is broken into can't give
itself a key through this code, and the keys file may be on a read-only volume.
"""

from __future__ import annotations

import atexit
import json
import logging
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from ml_api.errors import KeysFileError
from ml_api.services.keys import Slot
from ml_api.services.offload import run_in_threadpool
from ml_api.services.private_files import lock_private, read_private, write_private

INTERVAL_S = 60.0
FIRST_DELAY_S = 1.0  # what follows a pause is written soon, so that a key that was tried shows up

logger = logging.getLogger(__name__)


def locate_last_use(keys_file: Path) -> Path:
    """Return the path of the notes for a keys file."""
    return keys_file.with_name(f"{keys_file.name}.last-used")


def read_last_use(keys_file: Path) -> dict[str, datetime]:
    """Read the notes: ``<key id>/<slot>`` to time. Notes that can't be read count as none: they are not vital."""
    try:
        document = json.loads(read_private(locate_last_use(keys_file)))
        return {str(name): datetime.fromisoformat(text) for name, text in document.items()}
    except (KeysFileError, ValueError, TypeError, AttributeError):
        return {}


class LastUse:
    """Notes of one process.

    Parameters
    ----------
    keys_file : Path
        The notes are written beside it.
    interval_s : float, optional
        Shortest time between two writes.
    """

    def __init__(self, keys_file: Path, *, interval_s: float = INTERVAL_S) -> None:
        self._keys_file = keys_file
        self._interval_s = interval_s
        self._lock = threading.Lock()
        self._pending: dict[tuple[str, Slot], float] = {}
        self._timer: threading.Timer | None = None
        self._written_s = -interval_s

    def note(self, key_id: str, slot: Slot) -> None:
        """Note that a key is used now. Writes nothing: that is done later, and not by the one who notes it."""
        with self._lock:
            self._pending[key_id, slot] = time.time()
            if self._timer is not None:
                return
            if self._written_s < 0:
                atexit.register(self.flush)  # an orderly stop loses nothing
            delay_s = max(min(FIRST_DELAY_S, self._interval_s), self._written_s + self._interval_s - time.monotonic())
            # Under gevent, a timer runs among the requests, which would all wait for the disk.
            self._timer = threading.Timer(delay_s, self._flush_in_thread)
            self._timer.daemon = True
            self._timer.start()

    def flush(self) -> None:
        """Write what was noted. A failure is logged, and costs no more than the notes."""
        _write(self._keys_file, self._take_pending())

    def _flush_in_thread(self) -> None:
        run_in_threadpool(_write, self._keys_file, self._take_pending())

    def _take_pending(self) -> dict[tuple[str, Slot], float]:
        with self._lock:
            pending, self._pending = self._pending, {}
            timer, self._timer = self._timer, None
            self._written_s = time.monotonic()
        if timer is not None:
            timer.cancel()
        return pending


def _write(keys_file: Path, pending: Mapping[tuple[str, Slot], float]) -> None:
    if not pending:
        return
    path = locate_last_use(keys_file)
    try:
        with lock_private(path):
            known = read_last_use(keys_file)
            for (key_id, slot), used_s in pending.items():
                name, used = f"{key_id}/{slot}", datetime.fromtimestamp(used_s, UTC)
                known[name] = max(used, known.get(name, used))
            times = {name: used.isoformat(timespec="seconds") for name, used in sorted(known.items())}
            write_private(path, json.dumps(times, indent=2) + "\n")
    except KeysFileError as error:
        logger.warning("last use of keys not written", extra={"fields": {"reason": error.message}})
