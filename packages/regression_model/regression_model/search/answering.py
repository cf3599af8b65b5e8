"""The saved model of a search: the winner, or, where that can't be trained, the best row that can."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from regression_model.artifact import Manifest
from regression_model.errors import ArtifactWriteError, DataError, SearchError, WorkerError
from regression_model.execution import Backend, Outcome
from regression_model.records.leaderboard import is_within
from regression_model.search.continuing import find_current, find_last_current
from regression_model.search.final_training import train_row
from regression_model.train_pipeline.recorded_config import digest_config

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regression_model.records.journal import Journal
    from regression_model.records.run_folder import RunFolder
    from regression_model.search.choosing import Rows
    from regression_model.search.clock import Clock
    from regression_model.search.job import Report, SearchJob

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
"""So many rows are tried at most: what keeps that many from being trained is no matter of the model."""

_NO_FAULT_OF_THE_MODEL = (ArtifactWriteError, DataError, WorkerError, OSError)


@dataclass(frozen=True)
class Answering:
    """What the training of the answer needs.

    Attributes
    ----------
    job : SearchJob
    folder : RunFolder
    journal : Journal
    trainer : Backend
    clock : Clock
    report : callable
    untrained : mapping of int to str, or None
        In a replay, the rows that could not be trained, with how it ended: what a killed process could not do is not
        done again.
    """

    job: SearchJob
    folder: RunFolder
    journal: Journal
    trainer: Backend
    clock: Clock
    report: Report
    untrained: Mapping[int, str] | None = None

    def train(self, rows: Rows, *, minimize: bool) -> tuple[Rows, Path]:
        """Train and save the winner; where that fails, write down why, and train the next best row.

        Returns
        -------
        Rows
            With the row as the winner that was trained.
        Path
            Of its manifest.

        Raises
        ------
        SearchError
            If no row can be trained, or the process that trains is killed time and again.
        ArtifactWriteError, DataError, WorkerError, OSError
            Which no other row would help with.
        """
        known = find_last_current(self.journal.lines, "model")
        if known is not None:
            return replace(rows, winner=known["number"]), self.folder.model / str(known["manifest"])
        reasons = {line["number"]: line["reason"] for line in find_current(self.journal.lines, "untrained")}
        wanted = list(list_answers(rows, self.job.settings.max_latency_ms, minimize=minimize))[:MAX_ATTEMPTS]
        for number in wanted:
            if number in reasons:
                continue
            outcome = self._train(rows, number)
            if outcome.status == "completed":
                return replace(rows, winner=number), self._write_down(number, Path(outcome.result))
            reasons[number] = outcome.reason
            self.journal.append("untrained", number=number, status=outcome.status, reason=outcome.reason)
            logger.warning("row %d of the leaderboard could not be trained: %s", number, outcome.reason)
        said = "; ".join(f"row {number}: {reasons[number]}" for number in wanted)
        raise SearchError(f"none of the best {len(wanted)} rows could be trained on all rows to learn from ({said})")

    def _train(self, rows: Rows, number: int) -> Outcome:
        ended = (self.untrained or {}).get(number, "failed")
        if ended != "failed":
            return Outcome(ended, reason="its process was killed in the run that is replayed")  # type: ignore[arg-type]
        outcome = train_row(self.job, rows.find(number).candidate.changes, self.folder, self.trainer, self.report)
        if isinstance(outcome.error, _NO_FAULT_OF_THE_MODEL):
            raise outcome.error
        return outcome

    def _write_down(self, number: int, path: Path) -> Path:
        content = Manifest.from_file(path).content
        # At which commit it was is no part of what was found.
        found = digest_config({key: value for key, value in content.items() if key not in ("sha256", "git")})
        elapsed_s = round(self.clock.elapsed_s, 3)
        self.journal.append("model", number=number, manifest=path.name, sha256=found, elapsed_s=elapsed_s)
        return path


def list_answers(rows: Rows, max_latency_ms: float | None, *, minimize: bool) -> Iterator[int]:
    """Yield the numbers of the rows that may be the answer, the best first: the choices, then the other trials.

    Parameters
    ----------
    rows : Rows
    max_latency_ms : float or None
        Within which the answer has to predict a row.
    minimize : bool
        Whether a lower score is better.
    """
    ensembles = iter(rows.ensembles)
    chosen = [
        choice.members[0].number if choice.kind == "single" else next(ensembles).candidate.number
        for choice in rows.choices
    ]
    yield from chosen
    sign = 1.0 if minimize else -1.0
    yield from (
        number
        for _, number in sorted(
            (sign * row.score, row.candidate.number)
            for row in rows.trials
            if row.score is not None and is_within(row.latency_ms, max_latency_ms)
        )
        if number not in chosen
    )
