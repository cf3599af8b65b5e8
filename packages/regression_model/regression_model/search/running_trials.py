"""Runs the trials of a search: asks for them in batches, has them done, and writes each down as it ends."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from regression_model.errors import SearchError, WorkerError
from regression_model.execution import Backend, Outcome, Task
from regression_model.search.arrays import FloatArray, decode_array, read_array, write_array
from regression_model.search.pacing import Pace
from regression_model.search.record_json import result_from_json, result_to_json, with_times_of
from regression_model.search.records import Candidate, TrialResult

if TYPE_CHECKING:
    from regression_model.records.journal import Journal
    from regression_model.records.run_folder import RunFolder
    from regression_model.search.batches import Batches
    from regression_model.search.clock import Clock, Reserve
    from regression_model.search.job import Report

logger = logging.getLogger(__name__)

_TICK_S = 0.2


class Proposing(Protocol):
    """What proposes candidates; see `regression_model.search.proposals.Proposer`."""

    def propose(
        self, numbers: Sequence[int], told: Sequence[TrialResult], pending: Sequence[Candidate] = ()
    ) -> list[Candidate]:
        """Propose a candidate for each number, or for the first of them if there are no more."""
        ...


@dataclass(frozen=True)
class Stop:
    """Why no more trials were done.

    Attributes
    ----------
    reason : str
        ``trials``, ``early_stopping``, ``exhausted`` or ``time_limit``.
    """

    reason: str

    @property
    def truncated(self) -> bool:
        """Whether the clock was the reason."""
        return self.reason == "time_limit"


@dataclass
class TrialRunner:
    """The trials of one search.

    Attributes
    ----------
    proposer : Proposing
    batches : Batches
    backend : Backend
    folder : RunFolder
    journal : Journal
    report : callable
    clock : Clock
    reserve : Reserve
    table : str
        SHA-256 of the table, which has to be the same wherever trials run.
    time_limit_s : float or None
        Of a single trial.
    n_together : int
        So many of the best models are expected to answer together when time is set aside for the final training.
    guide : mapping of int to TrialResult, or None
        In a replay, the results of the run that is replayed: only its trials are done again, and their times are
        taken from it.
    results : dict of int to TrialResult
        By number; of trials in the journal from the beginning.
    asked : dict of int to Candidate
        All that was proposed, by number.
    digests : dict of int to str
        SHA-256 of the files of predictions.
    """

    proposer: Proposing
    batches: Batches
    backend: Backend
    folder: RunFolder
    journal: Journal
    report: Report
    clock: Clock
    reserve: Reserve
    table: str
    time_limit_s: float | None = None
    n_together: int = 1
    guide: Mapping[int, TrialResult] | None = None
    results: dict[int, TrialResult] = field(default_factory=dict)
    asked: dict[int, Candidate] = field(default_factory=dict)
    digests: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._pace = Pace(self.clock, self.reserve)

    def run(self) -> Stop:
        """Do all trials that are not in the journal, until there are no more or the clock says so."""
        self.restore()
        running: dict[Future[Outcome], Candidate] = {}
        batch, stop = 0, None
        while True:
            while stop is None and (told := self.batches.find_told(batch, self.results)) is not None:
                stop = self._ask(batch, told, running)
                batch += 1
            if not running:
                return stop or Stop("time_limit")
            ended, _ = wait(running, timeout=_TICK_S, return_when=FIRST_COMPLETED)
            for future in sorted(ended, key=lambda each: running[each].number):
                self._take(running.pop(future), future.result())
            self._give_up(running)
            if (running or stop is None) and self._is_late():
                self._cancel(running)
                return Stop("time_limit")

    def restore(self) -> None:
        """Take the results that the journal has.

        Raises
        ------
        SearchError
            If a file of predictions is not what it says.
        """
        for line in self.journal.find("trial"):
            result = result_from_json(line["result"])
            number = result.candidate.number
            self.results[number] = result
            if line["sha256"] is not None:
                self.digests[number] = line["sha256"]
                read_array(self.folder.predictions(number), line["sha256"])

    def _ask(self, batch: int, told: Sequence[TrialResult], running: dict[Future[Outcome], Candidate]) -> Stop | None:
        """Have a batch proposed and submit it; return why there is none, or no other one behind it."""
        numbers = self.batches.list_numbers(batch)
        if not numbers:
            return Stop("trials")
        if self.batches.is_over(told):
            return Stop("early_stopping")
        known = {result.candidate.number for result in told}
        pending = [candidate for number, candidate in self.asked.items() if number not in known]
        candidates = self.proposer.propose(numbers, told, pending)
        self.asked.update((candidate.number, candidate) for candidate in candidates)
        for candidate in candidates:
            known_result = self.results.get(candidate.number)
            if known_result is None:
                self._submit(candidate, running)
            elif self.guide is None and _write_changes(known_result.candidate) != _write_changes(candidate):
                raise SearchError(
                    f"trial {candidate.number} of the run was another one than would be proposed now, so that the run "
                    "can't go on: resume it with the versions and the table that it began with"
                )
        return None if len(candidates) == len(numbers) else Stop("exhausted")

    def _submit(self, candidate: Candidate, running: dict[Future[Outcome], Candidate]) -> None:
        if self.guide is not None:
            known = self.guide.get(candidate.number)
            if known is None:
                # The clock ended the run that is replayed before this trial was done.
                return
            if known.status not in ("completed", "failed"):
                self._write(TrialResult(candidate, known.status, reason=known.reason), None)
                return
        task = Task(
            "regression_model.search.trial:run_trial",
            {"changes": candidate.changes, "table": self.table},
            time_limit_s=self.time_limit_s,
        )
        running[self.backend.submit(task, lambda told: self._tell(candidate.number, told))] = candidate

    def _tell(self, number: int, told: Mapping[str, Any]) -> None:
        self._pace.tell(number, told)
        if told["fold"]:
            self.report({"progress": {"number": number, "fold": told["fold"], "folds": told["folds"]}})

    def _take(self, candidate: Candidate, outcome: Outcome) -> None:
        """Write down how a trial ended; one that was cancelled is as if it had not begun."""
        self._pace.forget(candidate.number)
        if outcome.status == "cancelled":
            return
        if isinstance(outcome.error, WorkerError):
            # Another table, say: no candidate is to blame, and all others would fail of it as well.
            raise outcome.error
        if outcome.status != "completed":
            self._write(TrialResult(candidate, outcome.status, reason=outcome.reason), None)
            return
        found: dict[str, Any] = dict(outcome.result)
        predictions = decode_array(found.pop("predictions"))
        interval, scores = found.pop("interval"), found.pop("fold_scores")
        file = self.folder.predictions(candidate.number)
        result = TrialResult(
            candidate,
            "completed",
            interval=None if interval is None else (interval[0], interval[1]),
            fold_scores=tuple(scores),
            predictions_file=f"{file.parent.name}/{file.name}",
            **found,
        )
        if self.guide is not None:
            result = with_times_of(result, self.guide[candidate.number])
        self._write(result, predictions)

    def _write(self, result: TrialResult, predictions: FloatArray | None) -> None:
        number = result.candidate.number
        sha256 = None if predictions is None else write_array(self.folder.predictions(number), predictions)
        document = result_to_json(result)
        self.journal.append("trial", result=document, sha256=sha256, elapsed_s=round(self.clock.elapsed_s, 3))
        self.results[number] = result_from_json(self.journal.lines[-1]["result"])
        if sha256 is not None:
            self.digests[number] = sha256
        self.report({"trial": {**document, "left_s": self.clock.left_s}})

    def _is_late(self) -> bool:
        """Tell whether what is left of the time is needed for the choice and the final training."""
        left_s, limit_s = self.clock.left_s, self.clock.limit_s
        if left_s is None or limit_s is None:
            return False
        fit_times_s = self._list_fit_times()
        return left_s < self.reserve.estimate_s(fit_times_s, limit_s) if fit_times_s else self._pace.is_over()

    def _list_fit_times(self) -> list[float]:
        sign = 1.0 if self.batches.minimize else -1.0
        known = [
            (sign * result.score, result.fit_time_s)
            for result in self.results.values()
            if result.score is not None and result.fit_time_s is not None
        ]
        return [fit_time_s for _, fit_time_s in sorted(known)[: self.n_together]]

    def _give_up(self, running: dict[Future[Outcome], Candidate]) -> None:
        """End trials that can't be done in time, while none is completed, so that quicker ones have a chance."""
        if any(result.status == "completed" for result in self.results.values()):
            return
        number_of = {future: candidate.number for future, candidate in running.items() if not future.done()}
        hopeless = self._pace.find_hopeless(number_of.values())
        for future in [each for each, number in number_of.items() if number in hopeless]:
            self.backend.cancel(future)
            candidate, outcome = running.pop(future), future.result()
            if outcome.status == "cancelled":
                outcome = Outcome("timed_out", reason="it would not have been done within the time limit of the search")
            self._take(candidate, outcome)

    def _cancel(self, running: dict[Future[Outcome], Candidate]) -> None:
        """End what still runs; what has just ended counts."""
        self.backend.cancel()
        wait(running)
        for future in sorted(running, key=lambda each: running[each].number):
            self._take(running[future], future.result())
        running.clear()


def _write_changes(candidate: Candidate) -> str:
    """Write a candidate's document as the journal has it."""
    return json.dumps(candidate.changes, sort_keys=True)
