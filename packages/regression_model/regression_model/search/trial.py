"""One trial, as a worker does it: out-of-fold predictions, how good they are, and what the model costs."""

from __future__ import annotations

import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from regression_model.errors import TrainingError, WorkerError
from regression_model.evaluation import evaluate_predictions
from regression_model.evaluation.bootstrap import bootstrap_intervals
from regression_model.records.applying import apply_changes
from regression_model.search.arrays import encode_array
from regression_model.search.footprint import Footprint, measure_footprint
from regression_model.train_pipeline.fitting import check_missing_handled, fit_pipeline, predict_held_out
from regression_model.train_pipeline.scoring import evaluate_outputs

if TYPE_CHECKING:
    from regression_model.config import Config
    from regression_model.execution import TaskContext
    from regression_model.pipeline import ModelOutputs
    from regression_model.search.material import Material

FloatArray = npt.NDArray[np.float64]

_WILD = 1e6
"""So many times the largest value of the target is no prediction that anybody wants."""

N_RESAMPLES = 200
"""Bootstrap resamples behind the interval of a trial's score."""


@dataclass(frozen=True, eq=False)
class _FoldResult:
    rows: npt.NDArray[np.intp]
    predictions: FloatArray
    score: float | None
    fit_time_s: float
    footprint: Footprint | None


def run_trial(payload: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Fit and score a candidate.

    Parameters
    ----------
    payload : mapping
        ``changes``: those of the candidate. ``table``: SHA-256 of the search's table.
    context : TaskContext
        Its state is the `Material`.

    Returns
    -------
    dict
        ``score``, ``interval``, ``fold_scores``, ``metrics``, ``fit_time_s``, ``latency_ms``, ``compiled`` and
        ``size_bytes`` as in `TrialResult`, and ``predictions`` by `encode_array`.

    Raises
    ------
    ConfigError
        If the changes make no valid configuration.
    TrainingError
        If the model can't be fitted, or predicts what is no number.
    WorkerError
        If the table is not that of the search.
    """
    material: Material = context.state
    _check_table(payload, material)
    config = apply_changes(material.config, payload["changes"])
    check_missing_handled(material.table.frame, config)
    folds: list[_FoldResult] = []
    context.report({"fold": 0, "folds": len(material.folds), "fit_time_s": 0.0})
    for number in range(len(material.folds)):
        folds.append(_run_fold(number, config, material))
        slowest_s = max(fold.fit_time_s for fold in folds)
        context.report({"fold": number + 1, "folds": len(material.folds), "fit_time_s": slowest_s})
    return _summarise(folds, material)


def run_holdout(payload: Mapping[str, Any], context: TaskContext) -> dict[str, Any]:
    """Fit a candidate on all rows to learn from, and measure it on the holdout as a training does.

    Parameters
    ----------
    payload : mapping
        ``changes``: those of the candidate. ``table``: SHA-256 of the search's table.
    context : TaskContext
        Its state is the `Material`.

    Returns
    -------
    dict
        ``score`` by the search's metric, None where it is undefined, and ``evaluation``: the `Evaluation`, without
        intervals, as JSON.
    """
    material: Material = context.state
    _check_table(payload, material)
    config = apply_changes(material.config, payload["changes"])
    pipeline = fit_pipeline(material.split, config, material.tables)
    split = material.split
    outputs = predict_held_out(pipeline, split.test)
    evaluation = evaluate_outputs(
        outputs, split.test_target, config, order=material.scorer.classes, with_intervals=False
    )
    score = material.scorer.find_score(split.test_target, _take_predictions(outputs, material))
    return {"score": score, "evaluation": evaluation.to_json()}


def _check_table(payload: Mapping[str, Any], material: Material) -> None:
    """Refuse to learn from other rows than the search does, as another machine may have them."""
    expected, found = payload["table"], material.provenance.sha256
    if found != expected:
        raise WorkerError(
            f"the table of {platform.node()} is another one than that of the search: expected SHA-256 {expected}, "
            f"found {found}; let all machines see the same file"
        )


def _run_fold(number: int, config: Config, material: Material) -> _FoldResult:
    fold = material.take_fold(number, config)
    began_s = time.perf_counter()
    pipeline = fit_pipeline(fold, config, material.tables)
    fit_time_s = time.perf_counter() - began_s
    predictions = _take_predictions(predict_held_out(pipeline, fold.test), material)
    score = material.scorer.find_score(fold.test_target, predictions)
    # One fold's model is like another's: what it costs is measured once.
    footprint = measure_footprint(pipeline, fold, config) if number == 0 else None
    return _FoldResult(material.folds[number][1], predictions, score, fit_time_s, footprint)


def _take_predictions(outputs: ModelOutputs, material: Material) -> FloatArray:
    """Return numbers, or probabilities in the order of the scorer's classes."""
    if outputs.probabilities is None or outputs.classes is None:
        found = outputs.predictions.astype(np.float64)
    else:
        order = [outputs.classes.index(label) for label in material.scorer.classes or ()]
        found = outputs.probabilities[:, order]
    bad = int((~np.isfinite(found)).sum())
    if bad:
        raise TrainingError(f"{bad:,} out-of-fold predictions are not finite: the model extrapolates wildly")
    return found


def _summarise(folds: list[_FoldResult], material: Material) -> dict[str, Any]:
    """Put the folds together, and measure all predictions at once."""
    first = folds[0].predictions
    predictions = np.empty((len(material.target), *first.shape[1:]))
    for fold in folds:
        predictions[fold.rows] = fold.predictions
    score = material.scorer.find_score(material.target, predictions)
    if score is None:
        raise TrainingError(_explain_undefined(predictions, material))
    footprint = folds[0].footprint
    assert footprint is not None
    return {
        "score": score,
        "interval": find_interval(predictions, material),
        "fold_scores": [fold.score for fold in folds if fold.score is not None],
        "metrics": list_metrics(predictions, material),
        "predictions": encode_array(predictions),
        "fit_time_s": float(np.mean([fold.fit_time_s for fold in folds])),
        "latency_ms": footprint.latency_ms,
        "compiled": footprint.compiled,
        "size_bytes": footprint.size_bytes,
    }


def _explain_undefined(predictions: FloatArray, material: Material) -> str:
    """Say why there is no score: because of the predictions, or because of the rows."""
    metric = material.scorer.metric
    if material.scorer.classes is None:
        largest, usual = float(np.abs(predictions).max()), float(np.abs(material.target).max())
        if largest > _WILD * usual:
            return (
                f"predictions reach {largest:.3g}, where the target reaches {usual:.3g}, so that {metric!r} can't be "
                "computed: the model extrapolates wildly"
            )
    return f"{metric!r} is not defined for these rows; choose another metric"


def find_interval(predictions: FloatArray, material: Material) -> list[float] | None:
    """Return the bootstrap interval of the score, 95 %; None where it has none."""
    scorer = material.scorer
    metric = scorer.definition
    sample = scorer.build_sample(material.target, predictions)
    found = bootstrap_intervals([metric], sample, n_resamples=N_RESAMPLES, seed=material.config.seed)[metric.name]
    return None if found is None else [found.low, found.high]


def list_metrics(predictions: FloatArray, material: Material) -> dict[str, float]:
    """Return all metrics of the task, those that are defined, by name."""
    classes = material.scorer.classes
    if classes is None:
        found = evaluate_predictions("regression", material.target, predictions, n_bootstrap=0)
    else:
        labels = np.asarray(classes, dtype=object)[predictions.argmax(axis=1)]
        found = evaluate_predictions("classification", material.target, labels, predictions, classes, n_bootstrap=0)
    return {metric.name: metric.value for metric in found.metrics if metric.value is not None}
