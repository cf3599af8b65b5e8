"""What a sweep is asked to do."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from regression_model.config import Config
from regression_model.config.sweep import SweepConfig
from regression_model.errors import ConfigError
from regression_model.train_pipeline.job import TrainingJob

Report = Callable[[dict[str, Any]], None]
"""Called with each event, in any thread: a dict of one key, ``stage`` (text), ``begin`` (facts), ``progress`` (number
of the run, interval and value) or ``run`` (a `Run`)."""

FREE = ("max_total_runs", "max_duration_minutes", "experiment")
"""Settings that may differ when a sweep is resumed: how long it goes on."""

DEFAULT_FOLDER = Path("runs")
"""Where runs are kept, relative to the working folder, if nothing else is said."""


@dataclass(frozen=True)
class SweepJob:
    """One sweep, as it is asked for.

    Attributes
    ----------
    config : Config
        Its section ``sweep`` says what to try.
    data_path, sample
        See `run_training`.
    output : Path
        Folder of all runs.
    resume : Path or None
        Folder of a sweep to go on with.
    jobs : int
        Runs at the same time, at least 1; the result does not depend on it.
    text : str or None
        Of the configuration file, to be kept with the run.
    began_s : float
        When it was asked for, by `time.monotonic`.
    """

    config: Config
    data_path: Path | None = None
    sample: bool = False
    output: Path = DEFAULT_FOLDER
    resume: Path | None = None
    jobs: int = 1
    text: str | None = None
    began_s: float = field(default_factory=time.monotonic)

    @property
    def settings(self) -> SweepConfig:
        """The section ``sweep``.

        Raises
        ------
        ConfigError
            If there is none.
        """
        if self.config.sweep is None:
            raise ConfigError(
                "the section 'sweep' is missing: it says which hyperparameters to try ('sampling', 'parameters', ...)",
                file=None if self.config.file is None else str(self.config.file),
                key="sweep",
            )
        return self.config.sweep

    @property
    def training(self) -> TrainingJob:
        """The training of the configuration as it stands: which table, and how it is split."""
        return TrainingJob(self.config, self.data_path, self.sample)


@dataclass(frozen=True)
class SweepClock:
    """How long a sweep has been at work, and when it has to end.

    Attributes
    ----------
    began_s : float
        By `time.monotonic`; of a resumed sweep earlier by what it had spent before.
    limit_minutes : float or None
    """

    began_s: float
    limit_minutes: float | None

    @property
    def elapsed_s(self) -> float:
        """Seconds since the beginning, without pauses."""
        return time.monotonic() - self.began_s

    @property
    def deadline_s(self) -> float | None:
        """By `time.monotonic`; None without a limit."""
        return None if self.limit_minutes is None else self.began_s + 60 * self.limit_minutes
