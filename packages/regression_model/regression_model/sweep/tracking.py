"""What a tracking server is told of a sweep: one run within it for each configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regression_model.sweep.job import FREE
from regression_model.tracking import track_training

if TYPE_CHECKING:
    from regression_model.config.sweep import SweepConfig
    from regression_model.sweep.records import Run, SweepResult
    from regression_model.tracking import TrackedRun
    from regression_model.train_pipeline import TrainingResult


def track_settings(tracked: TrackedRun, settings: SweepConfig) -> None:
    """Tell what the sweep was asked to do, but for its parameters."""
    # What may be said anew by a resumed sweep is no parameter: a server refuses another value of one.
    document = settings.model_dump(mode="json", exclude={"parameters", *FREE}, exclude_none=True)
    tracked.log_parameters({"sweep": document})
    free = settings.model_dump(mode="json", include=set(FREE), exclude_none=True)
    tracked.log_tags({f"sweep.{name}": str(value) for name, value in free.items()})


def track_run(tracked: TrackedRun, run: Run, metric: str) -> None:
    """Tell of a run that has ended: its hyperparameters, the metric after each interval, and how it ended."""
    with tracked.begin_child(f"run {run.number}", str(run.number)) as child:
        child.log_parameters(dict(run.assignment))
        for interval, value in enumerate(run.values, start=1):
            child.log_metrics({metric: value}, step=interval)
        tags = {"status": run.status, "batch": str(run.batch)}
        if run.verdict is not None:
            tags |= {"rule": run.verdict.rule, "cancelled_at": str(run.verdict.interval)}
        child.log_tags(tags | ({"reason": run.reason} if run.reason else {}))


def track_result(tracked: TrackedRun, result: SweepResult, training: TrainingResult | None) -> None:
    """Tell which run was the best, and of the model that its configuration gave."""
    tracked.log_tags({"truncated": str(result.truncated).lower()})
    if result.best is not None and result.best.score is not None:
        tracked.log_tags({"best_run": str(result.best.number)})
        tracked.log_metrics({result.metric: result.best.score})
    if training is not None:
        track_training(tracked, training.path, training.manifest)
