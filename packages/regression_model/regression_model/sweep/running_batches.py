"""The runs of a sweep, batch by batch."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, as_completed
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from regression_model.errors import SearchError
from regression_model.execution import Outcome, Task
from regression_model.records.journal import Journal
from regression_model.sweep.job import Report, SweepClock, SweepJob
from regression_model.sweep.measuring import MEASURE
from regression_model.sweep.parameters import Assignment, build_changes
from regression_model.sweep.records import Run, list_runs
from regression_model.sweep.sampling import CHOOSE

if TYPE_CHECKING:
    from regression_model.evaluation import Metric
    from regression_model.execution import WorkerPool


@dataclass
class BatchRunner:
    """The runs of a sweep under way.

    Attributes
    ----------
    job : SweepJob
    metric : Metric
    n_runs : int
        Runs to do; a grid may have fewer than are asked for.
    journal : Journal
        Each run is in it when it counts.
    clock : SweepClock
    report : callable
        Called with each event, in any thread.
    keep : callable
        Called with each run that has ended, those of the journal among them.
    pool : WorkerPool
        Where configurations are chosen and measured.
    runs : dict of int to Run
        Those that have ended, by number.
    """

    job: SweepJob
    metric: Metric[Any]
    n_runs: int
    journal: Journal
    clock: SweepClock
    report: Report
    keep: Callable[[Run], None]
    pool: WorkerPool
    runs: dict[int, Run] = field(default_factory=dict)

    def run_all(self) -> bool:
        """Do all runs that the journal does not have; say whether the clock has ended the sweep early."""
        known = {run.number: run for run in list_runs(self.journal.lines)}
        size = self.job.settings.max_concurrent_runs
        # What is in the journal counts, also if fewer runs are asked for now.
        n_runs = max(self.n_runs, 1 + max(known, default=-1))
        self.report({"begin": {"n_runs": n_runs, "metric": self.metric.name, "n_known": len(known)}})
        for batch, first in enumerate(range(0, n_runs, size)):
            numbers = range(first, min(first + size, n_runs))
            for number in set(numbers) & set(known):
                self._keep(known[number])
            if not self._run_batch(batch, [number for number in numbers if number not in known], first):
                return True
        return False

    def _run_batch(self, batch: int, numbers: Sequence[int], first: int) -> bool:
        """Do runs of a batch, which know of those of earlier batches alone; say whether there was time for all."""
        earlier = [self.runs[number] for number in range(first)]
        futures: dict[Future[Outcome], Run] = {}
        for number, assignment in self._choose(numbers, earlier).items():
            run = Run(number, batch, assignment, "completed")
            futures[self._submit(run, earlier)] = run
        in_time = True
        for future in as_completed(futures):
            outcome = future.result()
            if outcome.status == "cancelled":
                in_time = False
                continue
            run = describe_outcome(futures[future], outcome)
            self.journal.append("run", run=run.to_json(), elapsed_s=round(self.clock.elapsed_s, 3))
            self._keep(run)
        return in_time

    def _choose(self, numbers: Sequence[int], earlier: Sequence[Run]) -> Mapping[int, Assignment]:
        """Have the sampler choose, in a process with the environment that trainings run in."""
        if not numbers:
            return {}
        payload = {
            "settings": self.job.settings.model_dump(mode="json"),
            "seed": self.job.config.seed,
            "numbers": list(numbers),
            "told": [{"assignment": dict(run.assignment), "score": self._find_loss(run)} for run in earlier],
        }
        outcome = self.pool.submit(Task(CHOOSE, payload)).result()
        if outcome.error is not None:
            raise outcome.error
        if outcome.status != "completed":
            raise SearchError(f"the process that chooses configurations was ended: {outcome.reason}")
        return dict(zip(numbers, outcome.result, strict=True))

    def _submit(self, run: Run, earlier: Sequence[Run]) -> Future[Outcome]:
        settings = self.job.settings
        payload = {
            "changes": build_changes(self.job.config, run.assignment),
            "policy": None if settings.policy is None else settings.policy.model_dump(mode="json"),
            "goal": self.metric.direction,
            "earlier": [each.to_json()["values"] for each in earlier],
        }
        return self.pool.submit(
            Task(MEASURE, payload, time_limit_s=settings.run_time_limit_s, deadline_s=self.clock.deadline_s),
            lambda told: self.report({"progress": {"number": run.number, **told}}),
        )

    def _find_loss(self, run: Run) -> float | None:
        """Return what a sampler is to minimise; of a run that was given up, how far it had come."""
        numbers = [value for value in run.values if math.isfinite(value)]
        if run.status not in ("completed", "cancelled") or not numbers:
            return None
        return numbers[-1] if self.metric.direction == "minimize" else -numbers[-1]

    def _keep(self, run: Run) -> None:
        self.runs[run.number] = run
        self.keep(run)


def describe_outcome(run: Run, outcome: Outcome) -> Run:
    """Put together what was asked for and what came of it."""
    base = {"number": run.number, "batch": run.batch, "assignment": run.assignment, "reason": outcome.reason}
    if outcome.status != "completed":
        return Run.from_json({**Run(0, 0, {}, "failed").to_json(), **base, "status": outcome.status})
    found = outcome.result
    last = found["values"][-1] if found["values"] else None
    given_up = found["verdict"] is not None
    if not given_up and last is None:
        base["reason"] = "its predictions have no finite metric"
    status = "cancelled" if given_up else "completed" if last is not None else "failed"
    return Run.from_json(
        {
            **base,
            "status": status,
            "values": found["values"],
            "score": last if status == "completed" else None,
            "fit_time_s": found["fit_time_s"],
            "verdict": found["verdict"],
        }
    )
