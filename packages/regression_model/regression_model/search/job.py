"""What a search is asked to do, and what it leaves behind."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regression_model.config import Config
from regression_model.search.material import Source

if TYPE_CHECKING:
    from regression_model.config.search import SearchConfig

Report = Callable[[dict[str, Any]], None]
"""Called with each event: a dict of one key, ``stage``, ``begin``, ``guardrail``, ``progress`` or ``trial``."""

DEFAULT_FOLDER = Path("runs")
"""Where runs are kept, relative to the working folder, if nothing else is said."""


@dataclass(frozen=True)
class SearchJob:
    """One search, as it is asked for.

    Attributes
    ----------
    config : Config
        Its section ``search`` says what to try.
    data_path, sample
        See `run_training`.
    validation : Path or None
        A table on which trials are scored, instead of by cross-validation.
    output : Path
        Folder of all runs.
    resume : Path or None
        Folder of a run to go on with; then only `settings` that don't change its course count.
    began_s : float
        When it was asked for, by `time.monotonic`; for a program that does nothing else, when that was started
        (`find_process_start_s`).
    """

    config: Config
    data_path: Path | None = None
    sample: bool = False
    validation: Path | None = None
    output: Path = DEFAULT_FOLDER
    resume: Path | None = None
    began_s: float = field(default_factory=time.monotonic)

    @property
    def settings(self) -> SearchConfig:
        """What to try."""
        return self.config.search

    @property
    def source(self) -> Source:
        """What a worker needs to know."""
        settings = self.settings
        return Source(self.config, self.data_path, self.sample, self.validation, settings.folds, settings.metric)

    def to_json(self) -> dict[str, Any]:
        """Write it for another process."""
        return {
            "source": self.source.to_json(),
            "settings": self.settings.model_dump(mode="json"),
            "output": str(self.output.absolute()),
            "resume": None if self.resume is None else str(self.resume.absolute()),
            "began_s": self.began_s,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> SearchJob:
        """Rebuild what `to_json` wrote."""
        from regression_model.config.search import SearchConfig

        source = Source.from_json(document["source"])
        settings = SearchConfig.model_validate(document["settings"])
        return cls(
            with_settings(source.config, settings),
            source.data_path,
            source.sample,
            source.validation,
            Path(document["output"]),
            None if document["resume"] is None else Path(document["resume"]),
            document["began_s"],
        )


@dataclass(frozen=True)
class SearchResult:
    """What a search leaves behind.

    Attributes
    ----------
    folder : Path
        Of the run.
    truncated : bool
        Whether the clock ended it before all trials were done.
    winner : int
        Number of the leaderboard's row that the saved model is.
    manifest : Path
        Of the saved model.
    """

    folder: Path
    truncated: bool
    winner: int
    manifest: Path

    def to_json(self) -> dict[str, Any]:
        """Write it for another process."""
        return {
            "folder": str(self.folder),
            "truncated": self.truncated,
            "winner": self.winner,
            "manifest": str(self.manifest),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> SearchResult:
        """Rebuild what `to_json` wrote."""
        return cls(Path(document["folder"]), document["truncated"], document["winner"], Path(document["manifest"]))


def with_settings(config: Config, settings: SearchConfig) -> Config:
    """Return a configuration with another section ``search``; it remembers its file."""
    return config.model_copy(update={"search": settings})
