"""Runs a sweep from beginning to end."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, as_completed
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from regression_model.errors import ConfigError, SearchError
from regression_model.evaluation import Metric, get_metric
from regression_model.execution import Outcome, PoolSettings, Setup, Task, WorkerPool
from regression_model.processing.datasets import load_dataset
from regression_model.sweep.job import Report, SweepJob
from regression_model.sweep.measuring import MEASURE, PREPARE, describe_job
from regression_model.sweep.parameters import apply_changes, build_changes, check_parameters
from regression_model.sweep.policies.choosing import check_policy
from regression_model.sweep.records import Run, SweepResult, find_best_run
from regression_model.sweep.results import write_results
from regression_model.sweep.run_folder import CONFIG, SweepFolder
from regression_model.sweep.sampling import Sampler, Told, build_sampler
from regression_model.sweep.tracking import track_result, track_run, track_settings
from regression_model.tracking import open_run
from regression_model.train_pipeline import run_training_isolated
from regression_model.train_pipeline.recorded_config import digest_config

if TYPE_CHECKING:
    from regression_model.config import Config
    from regression_model.tracking import TrackedRun
    from regression_model.train_pipeline import TrainingResult

_DEFAULT_METRICS = {"regression": "rmse", "classification": "log_loss"}
_FREE = {"max_total_runs", "max_duration_minutes", "experiment"}
"""Settings that may differ when a sweep is resumed."""


@dataclass(frozen=True)
class FinishedSweep:
    """What a sweep leaves behind.

    Attributes
    ----------
    folder : SweepFolder
    result : SweepResult
    training : TrainingResult or None
        Of the best run's configuration, on all rows to train on; None if no run completed.
    """

    folder: SweepFolder
    result: SweepResult
    training: TrainingResult | None


def check_sweep(job: SweepJob) -> Metric[Any]:
    """Check, before anything runs, what the configuration can't check by itself; return the metric.

    Raises
    ------
    ConfigError
        If there is no such metric, its direction is another one, or a parameter or a policy makes no sense.
    MissingExtraError
        If the library of the sampling is not installed.
    """
    settings = job.settings
    metric = get_metric(job.config.task, settings.primary_metric or _DEFAULT_METRICS[job.config.task])
    if settings.goal not in (None, metric.direction):
        better = "smaller" if metric.direction == "minimize" else "larger"
        raise ConfigError(
            f"{metric.name!r} is better when {better}: use 'goal: {metric.direction}', or leave the goal out",
            key="sweep.goal",
        )
    check_policy(settings.policy, metric)
    check_parameters(job.config, settings.parameters)
    build_sampler(settings, job.config.seed)
    return metric


def run_sweep(job: SweepJob, report: Report) -> FinishedSweep:
    """Try configurations, give up the hopeless ones, and train the best one on all rows to train on.

    Parameters
    ----------
    job : SweepJob
    report : callable
        Called with each event, in any thread.

    Raises
    ------
    ConfigError, DataError, TrainingError
        If the configuration or the table can't be used.
    SearchError
        If the sweep to resume was another one.
    TrackingError
        If ``MLFLOW_TRACKING_URI`` names a server that does not answer.
    """
    metric = check_sweep(job)
    settings = job.settings
    report({"stage": "Loading the data"})
    folder = _open(job, metric)
    # A resumed sweep goes on with the run that the server knows by the folder's name.
    with open_run(job.config.pipeline_name, f"sweep {folder.path.name}", folder.path.name) as tracked:
        track_settings(tracked, settings)
        result = _run_all(job, metric, folder, report, tracked)
        training = None
        if result.best is not None:
            report({"stage": "Training the best run's configuration on all rows to train on"})
            training = run_training_isolated(
                build_config(job.config, result.best), data_path=job.data_path, sample=job.sample, output=folder.model
            )
        track_result(tracked, result, training)
    write_results(folder, job.config, result, None if training is None else _find_holdout(training, metric.name))
    folder.update_run(
        status="truncated" if result.truncated else "completed",
        truncated=result.truncated,
        best=None if result.best is None else result.best.number,
        manifest=None if training is None else str(training.path.relative_to(folder.path)),
    )
    return FinishedSweep(folder, result, training)


def _run_all(
    job: SweepJob, metric: Metric[Any], folder: SweepFolder, report: Report, tracked: TrackedRun
) -> SweepResult:
    settings = job.settings
    setup = Setup(
        PREPARE,
        {
            "job": describe_job(job.training),
            "metric": metric.name,
            "validation_fraction": settings.validation_fraction,
        },
    )

    def keep(run: Run) -> None:
        track_run(tracked, run, metric.name)
        report({"run": run})

    with WorkerPool(PoolSettings(min(job.jobs, settings.max_concurrent_runs), setup)) as pool:
        runner = _Runner(job, metric, folder, report, keep, pool, build_sampler(settings, job.config.seed))
        truncated = runner.run_all()
    runs = tuple(runner.runs[number] for number in sorted(runner.runs))
    unit = getattr(type(job.config.model), "interval_unit", "fit")
    return SweepResult(runs, metric.name, metric.direction, find_best_run(runs, metric.direction), truncated, unit)


def _find_holdout(training: TrainingResult, metric: str) -> float | None:
    """Return the metric on the holdout; None of one that evaluations don't list."""
    return next((found.value for found in training.evaluation.metrics if found.name == metric), None)


def build_config(config: Config, run: Run) -> Config:
    """Return the configuration of a run."""
    return apply_changes(config, build_changes(config, run.assignment))


def _open(job: SweepJob, metric: Metric[Any]) -> SweepFolder:
    """Make the folder, or check that the sweep to resume is the same one."""
    settings = job.settings
    provenance = load_dataset(job.config, path=job.data_path, allow_sample=job.sample).provenance
    identity = {
        "the configuration": digest_config(job.config.model_dump(mode="json")),
        "the section 'sweep'": digest_config(settings.model_dump(mode="json", exclude=_FREE)),
        "the table": provenance.sha256,
    }
    if job.resume is not None:
        folder = SweepFolder(job.resume)
        began = folder.read_run()["identity"]
        other = [name for name, digest in identity.items() if began.get(name) != digest]
        if other:
            raise SearchError(
                f"{folder.path} can't go on, because {', '.join(other)} changed since it began; restore what it began "
                "with, or begin a new sweep"
            )
        folder.update_run(status="running")
        return folder
    folder = SweepFolder.create(job.output, settings.experiment)
    if job.text is not None:
        folder.write(CONFIG, job.text)
    folder.write_run(
        {
            "run": folder.path.name,
            "status": "running",
            "source": {"file": None if job.config.file is None else str(job.config.file.absolute())},
            "identity": identity,
            "data": provenance.content(),
            "config": job.config.model_dump(mode="json"),
            "settings": settings.model_dump(mode="json"),
            "task": job.config.task,
            "metric": metric.name,
            "goal": metric.direction,
            "truncated": False,
            "best": None,
            "manifest": None,
        }
    )
    return folder


@dataclass
class _Runner:
    """The runs of a sweep under way."""

    job: SweepJob
    metric: Metric[Any]
    folder: SweepFolder
    report: Report
    keep: Callable[[Run], None]
    pool: WorkerPool
    sampler: Sampler
    runs: dict[int, Run] = field(default_factory=dict)

    def run_all(self) -> bool:
        """Do all runs that the journal does not have; say whether the clock has ended the sweep early."""
        known = {line["number"]: Run.from_json(line) for line in self.folder.read_journal()}
        size, minutes = self.job.settings.max_concurrent_runs, self.job.settings.max_duration_minutes
        deadline_s = None if minutes is None else time.monotonic() + 60 * minutes
        n_runs = self.sampler.n_runs
        self.report({"begin": {"n_runs": n_runs, "metric": self.metric.name, "n_known": len(known)}})
        for batch, first in enumerate(range(0, n_runs, size)):
            numbers = range(first, min(first + size, n_runs))
            for number in set(numbers) & set(known):
                self._keep(known[number])
            if not self._run_batch(batch, [number for number in numbers if number not in known], first, deadline_s):
                return True
        return False

    def _run_batch(self, batch: int, numbers: Sequence[int], first: int, deadline_s: float | None) -> bool:
        """Do runs of a batch, which know of those of earlier batches alone; say whether there was time for all."""
        earlier = [self.runs[number] for number in range(first)]
        told = [Told(run.assignment, self._find_loss(run)) for run in earlier]
        futures: dict[Future[Outcome], Run] = {}
        for number in numbers:
            run = Run(number, batch, dict(self.sampler.choose(number, told)), "completed")
            futures[self._submit(run, earlier, deadline_s)] = run
        in_time = True
        for future in as_completed(futures):
            outcome = future.result()
            if outcome.status == "cancelled":
                in_time = False
                continue
            run = _describe(futures[future], outcome)
            self.folder.append(run.to_json())
            self._keep(run)
        return in_time

    def _submit(self, run: Run, earlier: Sequence[Run], deadline_s: float | None) -> Future[Outcome]:
        policy = self.job.settings.policy
        payload = {
            "changes": build_changes(self.job.config, run.assignment),
            "policy": None if policy is None else policy.model_dump(mode="json"),
            "goal": self.metric.direction,
            "earlier": [each.to_json()["values"] for each in earlier],
        }
        return self.pool.submit(
            Task(MEASURE, payload, deadline_s=deadline_s),
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


def _describe(run: Run, outcome: Outcome) -> Run:
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
