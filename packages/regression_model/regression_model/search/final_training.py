"""The end of a search: the winner trained as ``train`` would train it, and the best rows measured on the holdout."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import TYPE_CHECKING, Any

from regression_model.errors import WorkerError
from regression_model.evaluation.metrics import get_metrics
from regression_model.execution import Backend, Outcome, PoolSettings, Setup, Task, TaskContext, WorkerPool
from regression_model.records.applying import apply_changes
from regression_model.records.leaderboard import HoldoutScore
from regression_model.search.continuing import find_current
from regression_model.train_pipeline.isolation.environment import pinned_environment
from regression_model.train_pipeline.job import TrainingJob

if TYPE_CHECKING:
    from regression_model.artifact import Manifest
    from regression_model.config import Config
    from regression_model.records.journal import Journal
    from regression_model.records.run_folder import RunFolder
    from regression_model.search.choosing import Rows
    from regression_model.search.clock import Clock
    from regression_model.search.job import Report, SearchJob
    from regression_model.search.material import Material

_SLOWER = 1.5
"""By how much fitting and measuring may take longer than the trials' fits did."""


def build_final_config(config: Config, changes: Mapping[str, Any]) -> Config:
    """Return what is trained at the end: as ``train`` does it with the promoted configuration, without its folds.

    The trials have cross-validated the model already.
    """
    changed = apply_changes(config, changes)
    return changed.model_copy(update={"evaluation": changed.evaluation.model_copy(update={"folds": 0})})


def start_trainer() -> WorkerPool:
    """Start the process that will train, so that it is ready when the choice is made."""
    return WorkerPool(PoolSettings(1, Setup("regression_model.search.final_training:import_all")))


def import_all(_payload: Mapping[str, Any]) -> None:
    """Import what a training needs; see `Setup`."""
    import regression_model.train_pipeline.training  # noqa: F401


def train_row(
    job: SearchJob, changes: Mapping[str, Any], folder: RunFolder, trainer: Backend, report: Report
) -> Outcome:
    """Train and save a row of the leaderboard; the result is the path of its manifest.

    Parameters
    ----------
    job : SearchJob
    changes : mapping
        Those of the row.
    folder : RunFolder
        In which the model is saved.
    trainer : Backend
    report : callable
        Called with the stages of the training.
    """
    config = build_final_config(job.config, changes)
    training = TrainingJob(config, job.data_path, job.sample, folder.model)
    payload = {"job": training.to_json(), "threads": job.settings.jobs, "environment": pinned_environment()}
    return trainer.submit(
        Task("regression_model.search.final_training:run_final", payload),
        lambda stage: report({"stage": stage}),
    ).result()


def run_final(payload: Mapping[str, Any], context: TaskContext) -> str:
    """Do a training in a worker, the members of an ensemble side by side; return the path of the manifest."""
    from regression_model.ensembling import member_threads
    from regression_model.train_pipeline.training import execute

    with member_threads(payload["threads"]):
        result = execute(
            TrainingJob.from_json(payload["job"]),
            environment=payload["environment"],
            report_progress=context.report,
        )
    return str(result.path.absolute())


def measure_holdout(
    rows: Rows,
    material: Material,
    backend: Backend,
    journal: Journal,
    clock: Clock,
    numbers: list[int] | None = None,
) -> None:
    """Measure the rows on the holdout, the best first, and write each into the journal.

    The winner was measured when it was trained; but evaluations list the usual metrics only, and so it is measured
    again where the search was about another one.

    Parameters
    ----------
    rows : Rows
    material : Material
    backend : Backend
    journal : Journal
        Rows that it has already are left alone.
    clock : Clock
        Under a time limit, only rows that will be done within it are begun, and those are ended that are not.
    numbers : list of int, optional
        The very rows to measure, as far as they are there, whatever the clock says: in a replay.
    """
    known = {line["number"] for line in find_current(journal.lines, "holdout")}
    there = {row.candidate.number for row in rows.all}
    wanted = _list_rows(rows, material) if numbers is None else numbers
    limit_s = None if numbers is not None else clock.limit_s
    running: dict[Future[Outcome], int] = {}
    busy_s = 0.0
    for number in wanted:
        if number in known or number not in there:
            continue
        row = rows.find(number)
        busy_s += _SLOWER * material.growth * (row.fit_time_s or 0.0) / backend.n_workers
        if limit_s is None or busy_s < limit_s - clock.elapsed_s:
            deadline_s = None if limit_s is None else clock.began_s + limit_s
            payload = {"changes": row.candidate.changes, "table": material.provenance.sha256}
            task = Task("regression_model.search.trial:run_holdout", payload, None, deadline_s)
            running[backend.submit(task)] = number
    while running:
        ended, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in sorted(ended, key=lambda each: running[each]):
            number, outcome = running.pop(future), future.result()
            if isinstance(outcome.error, WorkerError):
                raise outcome.error
            if outcome.status == "completed":
                journal.append("holdout", number=number, **outcome.result)


def read_holdout(journal: Journal, metric: str, winner: int, manifest: Manifest | None) -> dict[int, HoldoutScore]:
    """Return the holdout scores of all rows that have one."""
    from regression_model.evaluation import Evaluation

    found = {line["number"]: HoldoutScore(line["score"]) for line in find_current(journal.lines, "holdout")}
    if manifest is None:
        return found
    trained = Evaluation.from_json(manifest.content["metrics"]["holdout"])
    with_it = next((value for value in trained.metrics if value.name == metric), None)
    if with_it is not None:
        found[winner] = HoldoutScore(with_it.value, with_it.low, with_it.high)
    return found


def _list_rows(rows: Rows, material: Material) -> list[int]:
    """List the rows to measure, the winner first if it is among them, then by their scores."""
    scorer = material.scorer
    sign = 1.0 if scorer.definition.direction == "minimize" else -1.0
    scored = sorted((sign * row.score, row.candidate.number) for row in rows.all if row.score is not None)
    others = [number for _, number in scored if number != rows.winner]
    return others if scorer.metric in get_metrics(scorer.task) else [rows.winner, *others]
