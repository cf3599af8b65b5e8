"""What a tracked run is, whoever keeps it; and the one that nobody keeps."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self


class TrackedRun:
    """One execution of training, search or sweep, or one trial of it, as a tracking server is told of it.

    This one tells nobody. Used in a ``with`` block, it ends with it: finished, or failed if an exception leaves the
    block, or killed if that is Ctrl-C. Whatever is told may be lost: no method raises because a server does not answer.
    """

    def log_parameters(self, parameters: Mapping[str, object]) -> None:
        """Tell what was chosen beforehand; nested mappings become names with dots."""

    def log_metrics(self, metrics: Mapping[str, float], step: int = 0) -> None:
        """Tell what was measured; values that are not finite are left out.

        Parameters
        ----------
        metrics : mapping of str to float
        step : int
            Number of the trial, the epoch or the boosting round, where one name has several values.
        """

    def log_tags(self, tags: Mapping[str, str]) -> None:
        """Tell what else is known, as text."""

    def log_dataset(self, name: str, sha256: str, source: str) -> None:
        """Tell what table it learned from.

        Parameters
        ----------
        name : str
        sha256 : str
            Of the file's bytes.
        source : str
            Where it came from, without secrets.
        """

    def log_file(self, path: Path, folder: str = "") -> None:
        """Hand over a file, into a folder of the run."""

    def log_text(self, text: str, name: str) -> None:
        """Hand over a text as a file of the run."""

    def begin_child(self, name: str, key: str) -> TrackedRun:
        """Begin a run within this one, such as a trial.

        Parameters
        ----------
        name : str
            For people.
        key : str
            Tells it from the other children; a child with this key that is there already goes on.
        """
        del name, key
        return TrackedRun()

    def end(self, status: str = "FINISHED") -> None:
        """Say that it is over: ``FINISHED``, ``FAILED`` or ``KILLED``."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.end()
        else:
            self.end("FAILED" if issubclass(kind, Exception) else "KILLED")
