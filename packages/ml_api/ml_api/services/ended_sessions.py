"""Remembers which sessions were ended before their time, so that a copy of their cookie is of no use.

What ends is written beside the keys file, where all workers find it within a second. A session is forgotten here when
its time would have ended it anyway.
"""

from __future__ import annotations

import json
import logging
import time
from pathlib import Path

from ml_api.errors import KeysFileError
from ml_api.services.file_watch import FileWatch
from ml_api.services.offload import run_in_threadpool
from ml_api.services.private_files import hold_lock, read_private, write_private

CHECK_INTERVAL_S = 1.0
MOST_SESSIONS = 10_000  # of more, those that have the least time left are forgotten

logger = logging.getLogger(__name__)


def locate_ended_sessions(keys_file: Path) -> Path:
    """Return the path of the file for a keys file."""
    return keys_file.with_name(f"{keys_file.name}.ended-sessions")


class EndedSessions:
    """The sessions that were ended, as a running process knows them.

    Parameters
    ----------
    keys_file : Path
        The file lies beside it, and is made when the first session ends.
    """

    def __init__(self, keys_file: Path) -> None:
        self._path = locate_ended_sessions(keys_file)
        self._watch = FileWatch(self._path, CHECK_INTERVAL_S)
        self._ends_s = _read(self._path)

    def add(self, session_id: str, ends_s: float) -> None:
        """End a session.

        Where the file can't be written, the log says so, and this process alone knows.

        Parameters
        ----------
        session_id : str
            From its cookie.
        ends_s : float
            When its time ends it, in seconds since 1970.
        """
        self._ends_s = _select({**self._ends_s, session_id: ends_s})
        run_in_threadpool(_append, self._path, session_id, ends_s)

    def __contains__(self, session_id: object) -> bool:
        """Say whether a session was ended."""
        if self._watch.has_changed():
            self._ends_s = _select({**self._ends_s, **_read(self._path)})
        return session_id in self._ends_s


def _append(path: Path, session_id: str, ends_s: float) -> None:
    try:
        with hold_lock(path):
            write_private(path, json.dumps(_select({**_read(path), session_id: ends_s})) + "\n")
    except KeysFileError as error:
        logger.error("end of a session not written", extra={"fields": {"reason": error.message}})


def _read(path: Path) -> dict[str, float]:
    if not path.exists():
        return {}
    try:
        return {str(session_id): float(ends_s) for session_id, ends_s in json.loads(read_private(path)).items()}
    except (KeysFileError, ValueError, TypeError, AttributeError) as error:
        reason = error.message if isinstance(error, KeysFileError) else type(error).__name__
        logger.error("ends of sessions not read", extra={"fields": {"reason": reason}})
        return {}


def _select(ends_s: dict[str, float]) -> dict[str, float]:
    """Leave out what is over anyway, and what is too much."""
    now_s = time.time()
    left = {session_id: end_s for session_id, end_s in ends_s.items() if end_s > now_s}
    if len(left) <= MOST_SESSIONS:
        return left
    return dict(sorted(left.items(), key=lambda item: item[1])[-MOST_SESSIONS:])
