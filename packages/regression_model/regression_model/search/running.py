"""Runs a search from beginning to end."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regression_model.artifact import Manifest
from regression_model.errors import SearchError
from regression_model.execution import Backend, TaskContext
from regression_model.records.run_folder import CONFIG, RunFolder
from regression_model.search.answering import Answering
from regression_model.search.batches import Batches
from regression_model.search.beginning import begin, find_planned_s
from regression_model.search.choosing import Rows, check_any, choose
from regression_model.search.clock import Clock, Reserve
from regression_model.search.continuing import describe_limits, find_last_current
from regression_model.search.describing import Found, build_outcome
from regression_model.search.final_training import measure_holdout
from regression_model.search.guardrails import check_guardrails
from regression_model.search.job import Report, SearchJob, SearchResult, with_settings
from regression_model.search.material import Material, load_material
from regression_model.search.parts import Parts, build_backend, build_proposer
from regression_model.search.running_trials import Stop, TrialRunner
from regression_model.search.writing import write_results

if TYPE_CHECKING:
    from regression_model.records.journal import Journal
    from regression_model.search.guardrails import Guardrail
    from regression_model.search.records import TrialResult

_N_TOGETHER = 5
"""So many of the best models are expected to answer together when time is set aside for the final training."""


def run_search(job: SearchJob, report: Report, parts: Parts | None = None) -> SearchResult:
    """Look for a better model, and save it.

    What surrounds this process has a say in the last bits: `run_search_isolated` does the same reproducibly.

    Parameters
    ----------
    job : SearchJob
    report : callable
        Called with each event, in any thread.
    parts : Parts, optional

    Returns
    -------
    SearchResult

    Raises
    ------
    DataError, ConfigError, TrainingError
        If the table or the configuration can't be used.
    SearchError
        If no trial is completed, or the run to resume was another search.
    """
    parts = parts or Parts(build_proposer, build_backend)
    with ExitStack() as stack:
        backend = stack.enter_context(parts.build_backend(job))
        report({"stage": "Loading the data"})
        material = load_material(job.source)
        folder = RunFolder.create(job.output, job.settings.experiment) if job.resume is None else RunFolder(job.resume)
        journal = stack.enter_context(folder.open_journal())
        return _Run(job, report, parts, backend, material, folder, journal).do()


def run_in_worker(payload: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Do a search as a task; its reports are events. See `run_search`."""
    return run_search(SearchJob.from_json(payload), context.report).to_json()


@dataclass
class _Run:
    """One search under way."""

    job: SearchJob
    report: Report
    parts: Parts
    backend: Backend
    material: Material
    folder: RunFolder
    journal: Journal

    def do(self) -> SearchResult:
        guide = self.parts.guide
        startup_s = max(0.5, time.monotonic() - self.job.began_s)
        clock = begin(
            self.job, self.material, self.folder, self.journal, None if guide is None else guide.planned_s
        )  # fmt: skip
        reserve = Reserve(startup_s, self.material.growth, self.job.settings.jobs)
        try:
            guardrails = check_guardrails(self.material.split, self.job.config)
            self._tell_guardrails(guardrails)
            self._tell_begin(clock)
            stop, results = self._run_trials(guardrails, clock, reserve)
            check_any(results.values())
            # The process that trains gets ready while the choice is made.
            with self.parts.build_trainer() as trainer:
                rows = self._choose(results, clock, reserve)
                try:
                    rows, path = self._answer(rows, trainer, clock)
                except SearchError:
                    # What was found is worth a look, though nothing of it could be trained.
                    self._write(Found(rows, guardrails, stop))
                    raise
            return self._finish(rows, path, guardrails, stop, clock)
        except BaseException:
            self.folder.update_run(status="ended", elapsed_s=clock.elapsed_s)
            raise

    def _run_trials(
        self, guardrails: Sequence[Guardrail], clock: Clock, reserve: Reserve
    ) -> tuple[Stop, Mapping[int, Any]]:
        settings, guide = self.job.settings, self.parts.guide
        planned = settings.model_copy(update={"time_limit_s": find_planned_s(self.journal)})
        planned_job = replace(self.job, config=with_settings(self.job.config, planned))
        runner = TrialRunner(
            self.parts.build_proposer(self.material, planned_job, guardrails),
            self._build_batches(),
            self.backend,
            self.folder,
            self.journal,
            self.report,
            clock,
            reserve,
            self.material.provenance.sha256,
            settings.trial_time_limit_s,
            1 if settings.ensemble == "none" else _N_TOGETHER,
            None if guide is None else guide.results,
        )
        known = find_last_current(self.journal.lines, "stop")
        if known is not None:
            runner.restore()
            return Stop(known["reason"]), runner.results
        stop = runner.run() if guide is None else replace(runner.run(), reason=guide.stop)
        limits = describe_limits(settings)
        self.journal.append("stop", reason=stop.reason, limits=limits, elapsed_s=round(clock.elapsed_s, 3))
        return stop, runner.results

    def _build_batches(self) -> Batches:
        settings, guide = self.job.settings, self.parts.guide
        minimize = self.material.scorer.definition.direction == "minimize"
        if guide is None:
            return Batches(settings.trials, settings.batch_size, settings.early_stopping, minimize)
        # Limits may have changed while the run went on: what it did is what its replay does.
        return Batches(max(guide.results) + 1, settings.batch_size, None, minimize)

    def _find_fit_time(self, clock: Clock, reserve: Reserve) -> float | None:
        if self.parts.guide is not None:
            return self.parts.guide.max_fit_time_s
        left_s, limit_s = clock.left_s, clock.limit_s
        return None if left_s is None or limit_s is None else reserve.find_fit_time_s(left_s, limit_s)

    def _choose(self, results: Mapping[int, TrialResult], clock: Clock, reserve: Reserve) -> Rows:
        self.report({"stage": "Choosing the models that answer together"})
        max_fit_time_s = self._find_fit_time(clock, reserve)
        return choose(results, self.material, self.job.settings, self.folder, self.journal, max_fit_time_s)

    def _answer(self, rows: Rows, trainer: Backend, clock: Clock) -> tuple[Rows, Path]:
        guide = self.parts.guide
        untrained = None if guide is None else guide.untrained
        answering = Answering(self.job, self.folder, self.journal, trainer, clock, self.report, untrained)
        return answering.train(rows, minimize=self.material.scorer.definition.direction == "minimize")

    def _finish(
        self, rows: Rows, path: Path, guardrails: Sequence[Guardrail], stop: Stop, clock: Clock
    ) -> SearchResult:
        saved_s = clock.elapsed_s
        self.report({"stage": "Measuring the best models on the holdout"})
        guide = self.parts.guide
        measure_holdout(
            rows, self.material, self.backend, self.journal, clock, None if guide is None else list(guide.holdout)
        )
        self.report({"stage": "Writing the report"})
        self._write(Found(rows, guardrails, stop, Manifest.from_file(path), saved_s))
        self.folder.update_run(
            status="completed",
            truncated=stop.truncated,
            stopped_by=stop.reason,
            winner=rows.winner,
            saved_after_s=round(saved_s, 3),
            elapsed_s=round(clock.elapsed_s, 3),
        )
        return SearchResult(self.folder.path, stop.truncated, rows.winner, path)

    def _write(self, found: Found) -> None:
        config = self.folder.path / CONFIG
        outcome = build_outcome(self.job, self.material, self.folder, self.journal, found)
        text = config.read_text(encoding="utf-8") if config.is_file() else None
        write_results(self.folder.path, outcome, config_text=text)

    def _tell_guardrails(self, guardrails: Sequence[Guardrail]) -> None:
        documents = [found.to_json() for found in guardrails]
        if self.journal.find_last("guardrails") is None:
            self.journal.append("guardrails", found=documents)
        for document in documents:
            self.report({"guardrail": document})

    def _tell_begin(self, clock: Clock) -> None:
        definition, settings = self.material.scorer.definition, self.job.settings
        self.report(
            {
                "begin": {
                    "folder": str(self.folder.path),
                    "trials": settings.trials,
                    "metric": definition.name,
                    "minimize": definition.direction == "minimize",
                    "folds": len(self.material.folds),
                    "rows": len(self.material.split.train),
                    "left_s": clock.left_s,
                    "done": [line["result"] for line in self.journal.find("trial")],
                }
            }
        )
