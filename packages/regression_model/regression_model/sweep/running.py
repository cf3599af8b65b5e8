"""Runs a sweep from beginning to end."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from regression_model.errors import ConfigError
from regression_model.evaluation import Metric
from regression_model.execution import PoolSettings, Setup, Task, WorkerPool
from regression_model.processing.datasets import load_dataset
from regression_model.records.applying import apply_changes
from regression_model.records.identity import check_identity, describe_surroundings
from regression_model.records.learning_rows import find_metric
from regression_model.records.run_folder import CONFIG, RunFolder
from regression_model.sweep.job import FREE, Report, SweepClock, SweepJob
from regression_model.sweep.measuring import MEASURE_HOLDOUT, PREPARE, describe_job
from regression_model.sweep.parameters import build_changes, check_parameters
from regression_model.sweep.policies.choosing import check_policy
from regression_model.sweep.records import Run, SweepResult, find_best_run
from regression_model.sweep.results import write_results
from regression_model.sweep.running_batches import BatchRunner
from regression_model.sweep.sampling import Sampler, build_sampler
from regression_model.sweep.tracking import track_result, track_run, track_settings
from regression_model.tracking import open_run
from regression_model.train_pipeline import run_training_isolated
from regression_model.train_pipeline.recorded_config import digest_config

if TYPE_CHECKING:
    from regression_model.config import Config
    from regression_model.processing.datasets import Provenance
    from regression_model.records.journal import Journal
    from regression_model.tracking import TrackedRun
    from regression_model.train_pipeline import TrainingResult

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class FinishedSweep:
    """What a sweep leaves behind.

    Attributes
    ----------
    folder : RunFolder
    result : SweepResult
    training : TrainingResult or None
        Of the best run's configuration, on all rows to train on; None if no run completed.
    """

    folder: RunFolder
    result: SweepResult
    training: TrainingResult | None


def check_sweep(job: SweepJob) -> tuple[Metric[Any], Sampler]:
    """Check, before anything runs, what the configuration can't check by itself.

    Returns
    -------
    metric : Metric
        What is compared.
    sampler : Sampler

    Raises
    ------
    ConfigError
        If there is no such metric, its direction is another one, or a parameter or a policy makes no sense.
    MissingExtraError
        If the library of the sampling is not installed.
    """
    settings = job.settings
    metric = find_metric(job.config, settings.primary_metric)
    if settings.goal not in (None, metric.direction):
        better = "smaller" if metric.direction == "minimize" else "larger"
        raise ConfigError(
            f"{metric.name!r} is better when {better}: use 'goal: {metric.direction}', or leave the goal out",
            key="sweep.goal",
        )
    check_policy(settings.policy, metric)
    check_parameters(job.config, settings.parameters)
    return metric, build_sampler(settings, job.config.seed)


def run_sweep(job: SweepJob, report: Report) -> FinishedSweep:
    """Try configurations, give up the hopeless ones, and train the best one on all rows to train on.

    Configurations are chosen, measured and trained in processes with the environment that trainings run in.

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
        If the sweep to resume was another one, or another process is at work on it.
    TrackingError
        If ``MLFLOW_TRACKING_URI`` names a server that does not answer.
    """
    metric, sampler = check_sweep(job)
    report({"stage": "Loading the data"})
    provenance = load_dataset(job.config, path=job.data_path, allow_sample=job.sample).provenance
    if job.resume is None:
        folder = RunFolder.create(job.output, job.settings.experiment, "sweep")
    else:
        folder = RunFolder(job.resume)
        folder.read_run("sweep")
    with ExitStack() as stack:
        journal = stack.enter_context(folder.open_journal())
        clock = _begin(job, metric, provenance, folder, journal)
        try:
            # A resumed sweep goes on with the run that the server knows by the folder's name.
            name = folder.path.name
            tracked = stack.enter_context(open_run(job.config.pipeline_name, f"sweep {name}", name))
            return _Sweep(job, metric, sampler, folder, journal, clock, report, tracked).do()
        except BaseException:
            folder.update_run(status="ended")
            raise


@dataclass(frozen=True)
class _Sweep:
    """A sweep under way."""

    job: SweepJob
    metric: Metric[Any]
    sampler: Sampler
    folder: RunFolder
    journal: Journal
    clock: SweepClock
    report: Report
    tracked: TrackedRun

    def do(self) -> FinishedSweep:
        job, folder = self.job, self.folder
        track_settings(self.tracked, job.settings)
        result = self._run_all()
        training = None
        if result.best is not None:
            self.report({"stage": "Training the best run's configuration on all rows to train on"})
            config = build_config(job.config, result.best)
            training = run_training_isolated(config, data_path=job.data_path, sample=job.sample, output=folder.model)
        track_result(self.tracked, result, training)
        holdout = None if training is None else self._find_holdout(training)
        write_results(folder, job.config, result, holdout)
        folder.update_run(
            status="truncated" if result.truncated else "completed",
            truncated=result.truncated,
            best=None if result.best is None else result.best.number,
            manifest=None if training is None else str(training.path.relative_to(folder.path)),
        )
        return FinishedSweep(folder, result, training)

    def _run_all(self) -> SweepResult:
        job, metric, settings = self.job, self.metric, self.job.settings
        setup = {
            "job": describe_job(job.training),
            "metric": metric.name,
            "validation_fraction": settings.validation_fraction,
        }
        n_workers = min(job.jobs, settings.max_concurrent_runs)
        with WorkerPool(PoolSettings(n_workers, Setup(PREPARE, setup), settings.run_memory_mb)) as pool:
            runner = BatchRunner(
                job, metric, self.sampler.n_runs, self.journal, self.clock, self.report, self._keep, pool
            )
            truncated = runner.run_all()
        runs = tuple(runner.runs[number] for number in sorted(runner.runs))
        unit = getattr(type(job.config.model), "interval_unit", "fit")
        return SweepResult(runs, metric.name, metric.direction, find_best_run(runs, metric.direction), truncated, unit)

    def _find_holdout(self, training: TrainingResult) -> float | None:
        """Return the metric on the holdout; one that evaluations don't list is measured."""
        listed = {found.name: found.value for found in training.evaluation.metrics}
        if self.metric.name in listed:
            return listed[self.metric.name]
        payload = {
            "job": describe_job(self.job.training),
            "metric": self.metric.name,
            "manifest": str(training.path.absolute()),
        }
        with WorkerPool(PoolSettings(1)) as pool:
            outcome = pool.submit(Task(MEASURE_HOLDOUT, payload)).result()
        if outcome.status != "completed":
            logger.warning("the best run's model could not be measured on the holdout: %s", outcome.reason)
        found: float | None = outcome.result
        return found

    def _keep(self, run: Run) -> None:
        track_run(self.tracked, run, self.metric.name)
        self.report({"run": run})


def build_config(config: Config, run: Run) -> Config:
    """Return the configuration of a run."""
    return apply_changes(config, build_changes(config, run.assignment))


def _begin(
    job: SweepJob, metric: Metric[Any], provenance: Provenance, folder: RunFolder, journal: Journal
) -> SweepClock:
    """Write down what is tried, or check that it is what was; return the clock, which a resumed sweep winds on."""
    settings = job.settings
    identity = {
        "the configuration": digest_config(job.config.model_dump(mode="json")),
        "the section 'sweep'": digest_config(settings.model_dump(mode="json", exclude=set(FREE))),
        "the table": provenance.sha256,
        **describe_surroundings(),
    }
    began = journal.find_last("begin")
    if began is not None:
        check_identity(began["identity"], identity, folder.name)
        folder.update_run(status="running", settings=settings.model_dump(mode="json"))
        spent_s = max((line.get("elapsed_s", 0.0) for line in journal.lines), default=0.0)
        return SweepClock(job.began_s - spent_s, settings.max_duration_minutes)
    _write_run(job, metric, provenance, folder)
    journal.append("begin", identity=identity)
    return SweepClock(job.began_s, settings.max_duration_minutes)


def _write_run(job: SweepJob, metric: Metric[Any], provenance: Provenance, folder: RunFolder) -> None:
    if job.text is not None:
        folder.write_file(CONFIG, job.text.encode())
    training = describe_job(job.training)
    folder.write_run(
        {
            "kind": "sweep",
            "run": folder.name,
            "status": "running",
            "source": {name: training[name] for name in ("file", "data_path", "sample")},
            "data": provenance.content(),
            "config": job.config.model_dump(mode="json"),
            "settings": job.settings.model_dump(mode="json"),
            "task": job.config.task,
            "metric": metric.name,
            "goal": metric.direction,
            "truncated": False,
            "best": None,
            "manifest": None,
        }
    )
