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
from ml_api.services.private_files import lock_private, read_private, write_private

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
        self._ends_s: dict[str, float] = {}
        self._is_known = False  # what other processes have written
        self._complaint = ""
        self._refresh()

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
        run_in_threadpool(_write, self._path, self._ends_s, self._is_known)

    def __contains__(self, session_id: object) -> bool:
        """Say whether a session was ended, or may have been, since this process could never read the file."""
        if self._watch.has_changed():
            self._refresh()
        return not self._is_known or session_id in self._ends_s

    def _refresh(self) -> None:
        try:
            self._ends_s = _select({**self._ends_s, **_read(self._path)})
        except KeysFileError as error:
            if error.message != self._complaint:
                logger.error("ends of sessions not read", extra={"fields": {"reason": error.message}})
            self._complaint = error.message
            self._watch.look_again()
        else:
            self._is_known, self._complaint = True, ""


def _write(path: Path, ends_s: dict[str, float], is_known: bool) -> None:
    """Add to the file what one process knows; of a broken one, whoever has read it before makes a new one."""
    try:
        with lock_private(path):
            try:
                others = _read(path)
            except KeysFileError:
                if not is_known:
                    raise
                others = {}
            write_private(path, json.dumps(_select({**others, **ends_s})) + "\n")
    except KeysFileError as error:
        logger.error("end of a session not written", extra={"fields": {"reason": error.message}})


def _read(path: Path) -> dict[str, float]:
    """Read the file; raise `KeysFileError` if that is not possible."""
    try:
        path.stat()  # says whether there is one, which `Path.exists` does not where it may not look
        return {str(session_id): float(ends_s) for session_id, ends_s in json.loads(read_private(path)).items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise KeysFileError(f"{path} can't be read: {type(error).__name__}.") from error


def _select(ends_s: dict[str, float]) -> dict[str, float]:
    """Leave out what is over anyway, and what is too much."""
    now_s = time.time()
    left = {session_id: end_s for session_id, end_s in ends_s.items() if end_s > now_s}
    if len(left) <= MOST_SESSIONS:
        return left
    return dict(sorted(left.items(), key=lambda item: item[1])[-MOST_SESSIONS:])
