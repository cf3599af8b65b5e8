"""Runs a search from beginning to end."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regression_model.artifact import Manifest
from regression_model.execution import Backend, TaskContext
from regression_model.search.batches import Batches
from regression_model.search.choosing import Rows, check_any, choose, read_predictions
from regression_model.search.clock import Clock, Reserve
from regression_model.search.final_training import measure_holdout, read_holdout, train_winner
from regression_model.search.guardrails import check_guardrails
from regression_model.search.identity import check_identity, describe_identity
from regression_model.search.job import Report, SearchJob, SearchResult, with_settings
from regression_model.search.material import Material, load_material
from regression_model.search.outcome import SearchOutcome
from regression_model.search.parts import Parts, build_backend, build_proposer
from regression_model.search.run_folder import CONFIG, RunFolder
from regression_model.search.running_trials import Stop, TrialRunner
from regression_model.search.writing import write_results
from regression_model.train_pipeline.recorded_config import digest_config, list_key_orders

if TYPE_CHECKING:
    from regression_model.evaluation import Evaluation
    from regression_model.search.guardrails import Guardrail
    from regression_model.search.journal import Journal

logger = logging.getLogger(__name__)


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
        clock = self._begin()
        startup_s = max(0.5, clock.elapsed_s if self.job.resume is None else 1.0)
        reserve = Reserve(startup_s, self.material.growth, self.job.settings.jobs)
        guardrails = check_guardrails(self.material.split, self.job.config)
        self._tell_guardrails(guardrails)
        self._tell_begin(clock)
        try:
            stop, results = self._run_trials(guardrails, clock, reserve)
            check_any(results.values())
            with self.parts.build_trainer() as trainer:
                self.report({"stage": "Choosing the models that answer together"})
                rows = choose(
                    results, self.material, self.job.settings, self.folder, self.journal,
                    self._find_fit_time(clock, reserve),
                )  # fmt: skip
                path = self._train(rows, trainer, clock)
        except BaseException:
            self.folder.update_run(status="ended", elapsed_s=clock.elapsed_s)
            raise
        self._finish(rows, Manifest.from_file(path), guardrails, stop, clock)
        return SearchResult(self.folder.path, stop.truncated, rows.winner, path)

    def _begin(self) -> Clock:
        """Write down what is searched, or check that it is what was; return the clock, which a resumed run winds on."""
        identity = describe_identity(self.job, self.material)
        began = self.journal.find_last("begin")
        clock = Clock(self.job.began_s, self.job.settings.time_limit_s)
        if began is not None:
            check_identity(began["identity"], identity, self.folder.name)
            spent_s = max((line.get("elapsed_s", 0.0) for line in self.journal.lines), default=0.0)
            self.folder.update_run(status="running", settings=self.job.settings.model_dump(mode="json"))
            return replace(clock, began_s=clock.began_s - spent_s)
        self._write_run()
        self.journal.append("begin", identity=identity, planned_s=self._find_planned_s())
        return clock

    def _find_planned_s(self) -> float | None:
        """Return the time limit with which the run began: it has a say in what is proposed, and a later one has not."""
        if self.parts.guide is not None:
            return self.parts.guide.planned_s
        began = self.journal.find_last("begin")
        found: float | None = self.job.settings.time_limit_s if began is None else began["planned_s"]
        return found

    def _write_run(self) -> None:
        job = self.job
        text = _read_config_text(job)
        if text is not None:
            self.folder.write_file(CONFIG, text.encode("utf-8"))
        self.folder.write_run(
            {
                "run": self.folder.name,
                "status": "running",
                "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "source": job.source.to_json(),
                "config_order": list_key_orders(job.config),
                "settings": job.settings.model_dump(mode="json"),
                "data": self.material.provenance.content(),
                "metric": self.material.scorer.metric,
                "folds": len(self.material.folds),
                "truncated": False,
                "winner": None,
            }
        )

    def _run_trials(
        self, guardrails: Sequence[Guardrail], clock: Clock, reserve: Reserve
    ) -> tuple[Stop, Mapping[int, Any]]:
        settings, guide = self.job.settings, self.parts.guide
        minimize = self.material.scorer.definition.direction == "minimize"
        planned = settings.model_copy(update={"time_limit_s": self._find_planned_s()})
        planned_job = replace(self.job, config=with_settings(self.job.config, planned))
        runner = TrialRunner(
            self.parts.build_proposer(self.material, planned_job, guardrails),
            Batches(settings.trials, settings.batch_size, settings.early_stopping, minimize),
            self.backend,
            self.folder,
            self.journal,
            self.report,
            clock,
            reserve,
            self.material.provenance.sha256,
            settings.trial_time_limit_s,
            None if guide is None else guide.results,
        )
        known = self.journal.find_last("stop")
        if known is not None:
            runner.restore()
            return Stop(known["reason"]), runner.results
        stop = runner.run() if guide is None else replace(runner.run(), reason=guide.stop)
        self.journal.append("stop", reason=stop.reason, elapsed_s=clock.elapsed_s)
        return stop, runner.results

    def _find_fit_time(self, clock: Clock, reserve: Reserve) -> float | None:
        if self.parts.guide is not None:
            return self.parts.guide.max_fit_time_s
        left_s, limit_s = clock.left_s, clock.limit_s
        return None if left_s is None or limit_s is None else reserve.find_fit_time_s(left_s, limit_s)

    def _train(self, rows: Rows, trainer: Backend, clock: Clock) -> Path:
        known = self.journal.find_last("model")
        if known is not None:
            return self.folder.model / str(known["manifest"])
        path = train_winner(self.job, rows.find(rows.winner).candidate.changes, self.folder, trainer, self.report)
        content = Manifest.from_file(path).content
        # At which commit it was is no part of what was found.
        found = digest_config({key: value for key, value in content.items() if key not in ("sha256", "git")})
        self.journal.append(
            "model", number=rows.winner, manifest=path.name, sha256=found, elapsed_s=round(clock.elapsed_s, 3)
        )
        return path

    def _finish(
        self, rows: Rows, manifest: Manifest, guardrails: Sequence[Guardrail], stop: Stop, clock: Clock
    ) -> None:
        saved_s = clock.elapsed_s
        self.report({"stage": "Measuring the best models on the holdout"})
        guide = self.parts.guide
        measure_holdout(
            rows, self.material, self.backend, self.journal, clock, None if guide is None else list(guide.holdout)
        )
        self.report({"stage": "Writing the report"})
        outcome = self._describe(rows, manifest, guardrails, stop, saved_s)
        config = self.folder.path / CONFIG
        write_results(
            self.folder.path, outcome, config_text=config.read_text(encoding="utf-8") if config.is_file() else None
        )
        self.folder.update_run(
            status="completed",
            truncated=stop.truncated,
            stopped_by=stop.reason,
            winner=rows.winner,
            saved_after_s=round(saved_s, 3),
            elapsed_s=round(clock.elapsed_s, 3),
        )

    def _describe(
        self, rows: Rows, manifest: Manifest, guardrails: Sequence[Guardrail], stop: Stop, saved_s: float
    ) -> SearchOutcome:
        from regression_model.evaluation import Evaluation

        scorer, settings = self.material.scorer, self.job.settings
        predictions = read_predictions(self.folder, self.journal)
        for row, choice in zip(rows.ensembles, [c for c in rows.choices if c.kind != "single"], strict=True):
            predictions[row.candidate.number] = choice.predictions
        evaluation: Evaluation = Evaluation.from_json(manifest.content["metrics"]["holdout"])
        return SearchOutcome(
            config=self.job.config,
            run=self.folder.name,
            metric=scorer.metric,
            results=rows.all,
            target=self.material.target,
            predictions=predictions,
            classes=scorer.classes,
            choices=rows.choices,
            winner=rows.winner,
            holdout=read_holdout(self.journal, scorer.metric, rows.winner, manifest),
            evaluation=evaluation,
            guardrails=[found.to_json() for found in guardrails],
            facts={
                "Trials": f"{len(rows.trials)} of {settings.trials}, in batches of {settings.batch_size}",
                "Ended by": stop.reason.replace("_", " "),
                "Time to the saved model": f"{saved_s:.1f} s",
                "Processes": str(settings.jobs) if settings.scheduler is None else f"of {settings.scheduler}",
                "Seed": str(self.job.config.seed),
            },
            truncated=stop.truncated,
            max_latency_ms=settings.max_latency_ms,
        )

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


def _read_config_text(job: SearchJob) -> str | None:
    file = job.config.file
    return file.read_text(encoding="utf-8") if file is not None and file.is_file() else None
