"""The folder of a sweep.

::

    run.json            what was asked, on which table; how far it got, and what came of it
    config.yml          the configuration file as it was
    journal.jsonl       one line for each run that has ended, each on the disk before the sweep goes on
    runs.csv            the same for spreadsheets
    leaderboard.json    in the layout of a search's, so that a run of a sweep can be promoted
    report.html         plots
    model/              the best run's model
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from regression_model.errors import SearchError
from regression_model.processing.datasets.atomic import replacing

logger = logging.getLogger(__name__)

FORMAT = 1
RUN, CONFIG, JOURNAL, MODEL = "run.json", "config.yml", "journal.jsonl", "model"


class SweepFolder:
    """One sweep's folder; only one process may write to it.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, root: Path, experiment: str) -> SweepFolder:
        """Make a new folder ``<root>/<experiment>/<run>``, named by time and chance."""
        path = root / experiment / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        path.mkdir(parents=True)
        return cls(path)

    @property
    def model(self) -> Path:
        """Folder of the best run's model."""
        return self.path / MODEL

    def write(self, name: str, text: str) -> None:
        """Write a file, at once and durably."""
        with replacing(self.path / name) as file:
            file.write(text.encode("utf-8"))

    def write_run(self, content: Mapping[str, Any]) -> None:
        """Replace ``run.json``."""
        document = {"format": FORMAT, "kind": "sweep", **content}
        self.write(RUN, json.dumps(document, indent=1, allow_nan=False) + "\n")

    def update_run(self, **changes: Any) -> None:  # noqa: ANN401 - any JSON
        """Replace some keys of ``run.json``."""
        self.write_run({**self.read_run(), **changes})

    def read_run(self) -> dict[str, Any]:
        """Return what ``run.json`` says.

        Raises
        ------
        SearchError
            If this is no folder of a sweep, or another version has written it.
        """
        path = self.path / RUN
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise SearchError(f"{self.path} is no run of a sweep: it has no {RUN}") from None
        except (OSError, ValueError) as error:
            raise SearchError(f"{path} can't be read: {error}") from error
        if not isinstance(content, dict) or (content.get("kind"), content.get("format")) != ("sweep", FORMAT):
            raise SearchError(
                f"{self.path} is no run of a sweep of this version; sweeps write 'kind: sweep' into {RUN}"
            )
        return content

    def read_journal(self) -> list[dict[str, Any]]:
        """Return the lines of the journal; one that breaks off at the end is left out.

        Raises
        ------
        SearchError
            If another line is not what was written.
        """
        return self._read_journal()[0]

    def append(self, line: Mapping[str, Any]) -> None:
        """Add a line to the journal, and return when it is on the disk.

        Each line carries the SHA-256 over the digest of the line before and its own JSON. A last line that breaks off,
        because the process was killed while it wrote, is cut off.
        """
        _, last, length = self._read_journal()
        digest = _digest(last, line)
        with (self.path / JOURNAL).open("ab") as file:
            if file.tell() != length:
                logger.warning("the last line of %s breaks off, and is left out", self.path / JOURNAL)
                file.truncate(length)
            file.write(_canonical({**line, "digest": digest}).encode("ascii") + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def _read_journal(self) -> tuple[list[dict[str, Any]], str, int]:
        """Return the lines, the last digest, and the length of all whole lines."""
        path = self.path / JOURNAL
        data = path.read_bytes() if path.is_file() else b""
        lines: list[dict[str, Any]] = []
        last, length = "", 0
        for number, raw in enumerate(data.splitlines(keepends=True), start=1):
            if not raw.endswith(b"\n"):
                break
            line = _parse(raw)
            digest = line.pop("digest", None)
            if digest != _digest(last, line):
                raise SearchError(
                    f"{path}: line {number} is not what the sweep wrote there; a journal can't be mended, begin a new "
                    "sweep"
                )
            lines.append(line)
            last, length = str(digest), length + len(raw)
        return lines, last, length


def _parse(raw: bytes) -> dict[str, Any]:
    try:
        line = json.loads(raw)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}


def _canonical(line: Mapping[str, Any]) -> str:
    return json.dumps(line, separators=(",", ":"), allow_nan=False)


def _digest(last: str, line: Mapping[str, Any]) -> str:
    return hashlib.sha256(f"{last}\n{_canonical(line)}".encode("ascii")).hexdigest()
