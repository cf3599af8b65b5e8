"""One run of a sweep, in a process that can be ended: fitted interval by interval, measured, judged."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter
from sklearn.compose import TransformedTargetRegressor
from sklearn.pipeline import Pipeline

from regression_model.artifact import load_pipeline
from regression_model.build_context import BuildContext
from regression_model.config import Config
from regression_model.config.sweep import AnyPolicy
from regression_model.errors import RegressionModelError, TrainingError
from regression_model.evaluation.scoring import Scorer
from regression_model.execution import TaskContext
from regression_model.families.intervals import IntervalFamily
from regression_model.pipeline import build_pipeline, predict_frame
from regression_model.records.applying import apply_changes
from regression_model.records.learning_rows import load_learning_rows
from regression_model.row_groups import row_groups
from regression_model.sweep.policies import Verdict, apply_policy
from regression_model.train_pipeline.fitting import check_missing_handled
from regression_model.train_pipeline.job import TrainingJob
from regression_model.train_pipeline.splitting import Split, split_table

if TYPE_CHECKING:
    import pandas as pd

PREPARE = "regression_model.sweep.measuring:prepare"
MEASURE = "regression_model.sweep.measuring:measure"
MEASURE_HOLDOUT = "regression_model.sweep.measuring:measure_holdout"

WatchValue = Callable[[int, npt.NDArray[Any]], bool]


@dataclass(frozen=True, eq=False)
class Material:
    """What all runs share.

    Attributes
    ----------
    config : Config
        The one that the sweep began with.
    split : Split
        Of the rows to train on: those that runs learn from, and those that compare them. The holdout is in neither.
    labels : tuple of str or None
        Of a classification, sorted.
    scorer : Scorer
    tables : mapping of str to DataFrame
        Reference tables for lookups.
    """

    config: Config
    split: Split
    labels: tuple[str, ...] | None
    scorer: Scorer
    tables: Mapping[str, pd.DataFrame]

    def find_value(self, answers: npt.NDArray[Any]) -> float:
        """Return the metric of answers for the rows that compare runs; NaN where it has no value."""
        if not np.isfinite(answers).all():
            return math.nan
        if self.labels is not None:
            answers = answers[:, [self.labels.index(label) for label in self.scorer.classes or ()]]
        value = self.scorer.find_score(self.split.test_target, answers)
        return math.nan if value is None else float(value)


def load_material(job: TrainingJob, metric: str, validation_fraction: float) -> Material:
    """Read, check and split the table.

    Parameters
    ----------
    job : TrainingJob
        Says which table, and how it is split; the same as for a training.
    metric : str
    validation_fraction : float

    Raises
    ------
    DataError
        If the table can't be had or used.
    TrainingError
        If it can't be split.
    """
    config = job.config
    rows = load_learning_rows(config, data_path=job.data_path, sample=job.sample, metric=metric)
    evaluation = config.evaluation.model_copy(update={"holdout_fraction": validation_fraction})
    inner = split_table(rows.learned, config.model_copy(update={"evaluation": evaluation}))
    labels = None if rows.scorer.classes is None else tuple(sorted(rows.scorer.classes))
    return Material(config, inner, labels, rows.scorer, rows.tables)


def prepare(payload: Mapping[str, Any]) -> Material:
    """Load the material in a worker; see `regression_model.execution.Setup`."""
    return load_material(TrainingJob.from_json(payload["job"]), payload["metric"], payload["validation_fraction"])


def measure(payload: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Do one run in a worker.

    Parameters
    ----------
    payload : mapping
        ``changes`` (sections of the configuration), ``policy`` (or null), ``goal``, and ``earlier``: for each run of
        the batches before, its values.
    context : TaskContext
        Its state is the `Material`; it is told ``interval`` and ``value`` after each interval.

    Returns
    -------
    dict
        ``values``, ``verdict`` of the policy if it has given the run up, ``fit_time_s``.
    """
    material: Material = context.state
    policy: Any = None
    if payload["policy"] is not None:
        policy = TypeAdapter[Any](AnyPolicy).validate_python(payload["policy"])
    earlier = [[math.nan if value is None else value for value in run] for run in payload["earlier"]]
    values: list[float] = []
    given_up: list[Verdict] = []

    def watch(interval: int, answers: npt.NDArray[Any]) -> bool:
        values.append(material.find_value(answers))
        shown = values[-1] if math.isfinite(values[-1]) else None
        context.report({"interval": interval, "value": shown})
        verdict = apply_policy(policy, values, earlier, payload["goal"])
        if verdict is not None and verdict.cancel:
            given_up.append(verdict)
        return not given_up

    began_s = time.monotonic()
    fit_watched(apply_changes(material.config, payload["changes"]), material, watch)
    return {
        "values": [value if math.isfinite(value) else None for value in values],
        "verdict": _to_json(given_up[0]) if given_up else None,
        "fit_time_s": time.monotonic() - began_s,
    }


def measure_holdout(payload: Mapping[str, Any], context: TaskContext) -> float | None:
    """Measure a saved model on the holdout by a metric that evaluations do not list.

    Parameters
    ----------
    payload : mapping
        ``job`` and ``metric`` as for `prepare`, and ``manifest``, the path of the model's.
    context : TaskContext

    Returns
    -------
    float or None
        None where the metric is undefined.
    """
    del context
    job = TrainingJob.from_json(payload["job"])
    rows = load_learning_rows(job.config, data_path=job.data_path, sample=job.sample, metric=payload["metric"])
    outputs = predict_frame(load_pipeline(payload["manifest"]).pipeline, rows.split.test)
    answers = outputs.predictions if outputs.probabilities is None else outputs.probabilities
    labels = None if rows.scorer.classes is None else tuple(sorted(rows.scorer.classes))
    value = Material(job.config, rows.split, labels, rows.scorer, rows.tables).find_value(np.asarray(answers))
    return value if math.isfinite(value) else None


def _to_json(verdict: Verdict) -> dict[str, Any]:
    described = asdict(verdict)
    return described | {name: None for name in ("best", "bar") if not math.isfinite(described[name])}


def fit_watched(config: Config, material: Material, watch: WatchValue) -> None:
    """Fit the pipeline of a configuration, and tell of each interval; a family without intervals has one.

    Parameters
    ----------
    config : Config
    material : Material
    watch : callable
        Told the interval and the answers for the rows that compare runs, on the target's own scale; if it returns
        False, the fit ends.

    Raises
    ------
    TrainingError
        If the pipeline can't be fitted.
    """
    from threadpoolctl import threadpool_limits

    check_missing_handled(material.split.train, config)
    pipeline = build_pipeline(config, material.tables)
    try:
        with threadpool_limits(1), row_groups(material.split.train_groups):
            if isinstance(config.model, IntervalFamily):
                _fit_intervals(config, config.model, pipeline, material.split, watch)
            else:
                pipeline.fit(material.split.train, material.split.train_target)
                outputs = predict_frame(pipeline, material.split.test)
                watch(1, outputs.predictions if outputs.probabilities is None else outputs.probabilities)
    except RegressionModelError:
        raise
    except Exception as error:  # whatever a library raises becomes one message that says where
        raise TrainingError(f"the pipeline can't be fitted: {type(error).__name__}: {error}") from error


def _fit_intervals(config: Config, family: IntervalFamily, pipeline: Pipeline, split: Split, watch: WatchValue) -> None:
    rows, watched = split.train, split.test
    if len(pipeline.steps) > 1:
        before = Pipeline(pipeline.steps[:-1])
        rows, watched = before.fit_transform(rows, split.train_target), before.transform(watched)
    model, target = pipeline.steps[-1][1], split.train_target.to_numpy()
    back: Any = np.asarray
    if isinstance(model, TransformedTargetRegressor):
        target, back = model.func(target), model.inverse_func

    def watch_back(interval: int, answers: npt.NDArray[Any]) -> bool:
        with np.errstate(over="ignore"):  # an infinite answer has no value
            return watch(interval, back(answers))

    context = BuildContext(config.task, config.seed, coded_categories=config.plan().coded_categories())
    family.fit_intervals(context, rows, target, watched, watch_back)


def describe_job(job: TrainingJob) -> dict[str, Any]:
    """Return the job as JSON, with paths that hold in any working folder."""
    document = job.to_json()
    for key in ("file", "data_path"):
        if document[key] is not None:
            document[key] = str(Path(document[key]).absolute())
    return document
