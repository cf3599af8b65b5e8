"""The folder of a run: what a search or a sweep was asked to do, what it has done, and what came of it.

::

    run.json            which of the two, what was asked, on which table; how far it got, and who won
    config.yml          the configuration file as it was
    journal.jsonl       line by line what was done; see `Journal`
    predictions/        of a search: out-of-fold predictions, 0007.npy for row 7 of the leaderboard
    model/              the saved model
    leaderboard.json, report.html, and as tables leaderboard.csv and best.yml of a search, runs.csv of a sweep
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from regression_model.artifact.writing import lock_folder
from regression_model.errors import SearchError
from regression_model.processing.datasets.atomic import replacing
from regression_model.records.journal import NAME as JOURNAL
from regression_model.records.journal import Journal, read_journal

Kind = Literal["search", "sweep"]

FORMAT = 1

MODEL, PREDICTIONS, CONFIG = "model", "predictions", "config.yml"
_RUN = "run.json"


class RunFolder:
    """One run's folder; see the module.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, root: Path, experiment: str, kind: Kind = "search") -> RunFolder:
        """Make a new folder ``<root>/<experiment>/<run>``, the run named by time and chance."""
        path = root / experiment / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        path.mkdir(parents=True)
        if kind == "search":
            (path / PREDICTIONS).mkdir()
        return cls(path)

    @property
    def name(self) -> str:
        """The run, as people call it."""
        return self.path.name

    @property
    def model(self) -> Path:
        """Folder of the saved model."""
        return self.path / MODEL

    def predictions(self, number: int) -> Path:
        """Return the file of a row's out-of-fold predictions."""
        return self.path / PREDICTIONS / f"{number:04d}.npy"

    @contextmanager
    def open_journal(self) -> Iterator[Journal]:
        """Open the journal to write to it; no other process can meanwhile.

        Raises
        ------
        SearchError
            If another process is at work on the run.
        """
        with ExitStack() as stack:
            try:
                stack.enter_context(lock_folder(self.path, wait=False))
            except BlockingIOError as error:
                raise SearchError(
                    f"another process is at work on the run {self.path}; wait for it, or end it"
                ) from error
            journal = Journal(self.path / JOURNAL)
            try:
                yield journal
            finally:
                journal.close()

    def read_journal(self) -> list[dict[str, Any]]:
        """Return the journal's lines; see `regression_model.records.journal.read_journal`."""
        return read_journal(self.path / JOURNAL)

    def read_run(self, kind: Kind | None = None) -> dict[str, Any]:
        """Return what ``run.json`` says.

        Parameters
        ----------
        kind : {"search", "sweep"}, optional
            What it has to be a run of; by default either will do.

        Raises
        ------
        SearchError
            If it is not there, of another format, or a run of something else.
        """
        path = self.path / _RUN
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise SearchError(
                f"{self.path} is no run of a {kind or 'search'}: it has no {_RUN}; runs lie in runs/<experiment>/<run>"
            ) from None
        except (OSError, ValueError) as error:
            raise SearchError(f"{path} can't be read: {error}") from error
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            found = content.get("format") if isinstance(content, dict) else type(content).__name__
            raise SearchError(f"{path}: expected format {FORMAT}, found {found!r}: another version has written it")
        found = content.get("kind", "search")
        if kind is not None and found != kind:
            raise SearchError(
                f"{self.path} is a run of a {found} and not of a {kind}; go on with it by 'regression-model "
                f"{found} {'FILE ' if found == 'sweep' else ''}--resume {self.path}'"
            )
        return content

    def write_run(self, content: Mapping[str, Any]) -> None:
        """Replace ``run.json``, at once and durably."""
        self.write_file(_RUN, json.dumps({"format": FORMAT, **content}, indent=1).encode() + b"\n")

    def update_run(self, **changes: Any) -> None:  # noqa: ANN401 - any JSON
        """Replace some keys of ``run.json``."""
        self.write_run({**self.read_run(), **changes})

    def write_file(self, name: str, data: bytes) -> None:
        """Write a file, at once and durably."""
        with replacing(self.path / name) as file:
            file.write(data)
