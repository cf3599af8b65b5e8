"""What a run has done so far, line by line, so that nothing of it is lost or changed unseen.

Each line is a JSON object with ``kind``, what belongs to it, and ``digest``: the SHA-256 over the digest of the line
before and this line's JSON. It is on the disk before the run goes on. Arrays are files of their own, written
before the line that names them with their digest.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from regression_model.errors import SearchError

logger = logging.getLogger(__name__)

NAME = "journal.jsonl"
_BEGINNING = ""


class Journal:
    """The lines of one run's journal, and the file that they are appended to.

    Only one process may write to it.

    Parameters
    ----------
    path : Path
        Made if it is not there. A last line that breaks off, because the process was killed while it wrote, is cut off
        with a warning.

    Attributes
    ----------
    lines : list of dict
        All lines, without their digests.

    Raises
    ------
    SearchError
        If any other line is not what was written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.lines, self._last, length = _read(path)
        self._file = path.open("ab")
        if length is not None:
            logger.warning("the last line of %s breaks off, and is left out", path)
            self._file.truncate(length)
            os.fsync(self._file.fileno())

    def append(self, kind: str, **content: Any) -> None:  # noqa: ANN401 - any JSON
        """Add a line, and return when it is on the disk."""
        line = {"kind": kind, **content}
        # As it will be read again: tuples become lists.
        line = json.loads(_canonical(line))
        self._last = _digest(self._last, line)
        self._file.write(_canonical({**line, "digest": self._last}).encode("ascii") + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self.lines.append(line)

    def find(self, kind: str) -> list[dict[str, Any]]:
        """Return the lines of one kind, in their order."""
        return [line for line in self.lines if line["kind"] == kind]

    def find_last(self, kind: str) -> dict[str, Any] | None:
        """Return the last line of a kind, or None."""
        found = self.find(kind)
        return found[-1] if found else None

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def read_journal(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a journal without changing it; one that breaks off at the end is left out.

    Raises
    ------
    SearchError
        If there is no journal, or a line is not what was written.
    """
    if not path.is_file():
        raise SearchError(f"{path.parent} is no run of a search or a sweep: it has no {NAME}")
    return _read(path)[0]


def _read(path: Path) -> tuple[list[dict[str, Any]], str, int | None]:
    """Return lines, the last digest, and the length to cut the file to, if its end is torn."""
    data = path.read_bytes() if path.is_file() else b""
    lines: list[dict[str, Any]] = []
    last, length = _BEGINNING, 0
    for number, line in enumerate(data.splitlines(keepends=True), start=1):
        if not line.endswith(b"\n"):
            return lines, last, length
        document = _parse(line)
        digest = None if document is None else document.pop("digest", None)
        if document is None or digest != _digest(last, document):
            raise SearchError(
                f"{path}: line {number} is not what was written there; a journal can't be mended, begin anew"
            )
        lines.append(document)
        last, length = digest, length + len(line)
    return lines, last, None


def _parse(line: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(line)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _digest(last: str, line: Mapping[str, Any]) -> str:
    return hashlib.sha256(f"{last}\n{_canonical(line)}".encode("ascii")).hexdigest()


def _canonical(document: Mapping[str, Any]) -> str:
    return json.dumps(document, separators=(",", ":"), allow_nan=False)
