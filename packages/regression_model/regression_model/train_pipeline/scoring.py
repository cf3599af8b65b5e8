"""Measures a fitted pipeline on rows that it did not learn from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from regression_model.errors import TrainingError
from regression_model.evaluation import Evaluation, evaluate_predictions
from regression_model.train_pipeline.fitting import predict_held_out

if TYPE_CHECKING:
    from regression_model.config import Config
    from regression_model.pipeline import ModelOutputs


def evaluate_pipeline(
    pipeline: Pipeline,
    frame: pd.DataFrame,
    target: pd.Series,
    config: Config,
    *,
    order: Sequence[str] | None,
    with_intervals: bool = True,
) -> Evaluation:
    """Predict rows and compare with what is known of them.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted.
    frame : DataFrame of shape (n_rows, n_features)
    target : Series of length n_rows
    config : Config
    order : sequence of str or None
        Of a classification, its classes as `order_classes` found them in the rows to learn from.
    with_intervals : bool
        Whether each metric gets its confidence interval, which takes most of the time.

    Returns
    -------
    Evaluation

    Raises
    ------
    TrainingError
        If a prediction is not finite, so that no metric means anything.
    """
    return evaluate_outputs(
        predict_held_out(pipeline, frame), target, config, order=order, with_intervals=with_intervals
    )


def evaluate_outputs(
    outputs: ModelOutputs,
    target: pd.Series,
    config: Config,
    *,
    order: Sequence[str] | None,
    with_intervals: bool = True,
) -> Evaluation:
    """Compare what was predicted with what is known; see `evaluate_pipeline`."""
    settings: dict[str, Any] = {
        "n_bootstrap": config.evaluation.bootstrap_samples if with_intervals else 0,
        "confidence": config.evaluation.confidence,
        "seed": config.seed,
    }
    if outputs.probabilities is None or outputs.classes is None:
        bad = np.flatnonzero(~np.isfinite(outputs.predictions))
        if bad.size:
            raise TrainingError(
                f"{bad.size:,} predictions on held-out rows are not finite; the model extrapolates wildly: cap "
                "outliers ('cap_outliers') or use a stronger penalty"
            )
        return _check_finite(evaluate_predictions("regression", target, outputs.predictions, **settings))
    # Rows of a fold may lack a class that others have.
    known = [label for label in order or outputs.classes if label in outputs.classes]
    return evaluate_predictions(
        "classification",
        target,
        outputs.predictions,
        outputs.probabilities[:, [outputs.classes.index(label) for label in known]],
        known,
        **settings,
    )


def _check_finite(evaluation: Evaluation) -> Evaluation:
    for metric in evaluation.metrics:
        if metric.value is not None and not np.isfinite([metric.value, metric.low or 0.0, metric.high or 0.0]).all():
            raise TrainingError(
                f"{metric.name} is not finite: the target's values are too large to be measured; use another unit"
            )
    return evaluation


def order_classes(target: pd.Series, config: Config) -> tuple[str, ...] | None:
    """Return a classification's classes in the order in which it is measured, see `positive_last`; else None.

    Parameters
    ----------
    target : Series
        Of the rows to learn from: which class is the positive one must not depend on the rows that are held out.
    config : Config
    """
    if config.task != "classification":
        return None
    return tuple(positive_last(tuple(sorted(set(target))), target, config))


def positive_last(classes: tuple[str, ...], target: pd.Series, config: Config) -> list[str]:
    """Order two classes so that the positive one is second, as the metrics of two classes expect it.

    By default the rarer class is the positive one: it is what people look for.
    """
    if len(classes) != 2:
        return list(classes)
    positive = config.target.positive_class
    if positive is None:
        counts = target.value_counts()
        positive = min(classes, key=lambda label: (counts.get(label, 0), classes.index(label) == 0))
    return [label for label in classes if label != positive] + [positive]


def summarise_folds(evaluations: list[Evaluation]) -> dict[str, Any]:
    """Put the metrics of the folds side by side.

    Returns
    -------
    dict
        ``folds``: how many; ``metrics``: by name, the ``mean`` over the folds, the standard deviation ``std`` (with
        one degree of freedom less), and the ``values``; None where a fold has no value.
    """
    metrics: dict[str, Any] = {}
    for metric in evaluations[0].metrics:
        values = [evaluation.get(metric.name).value for evaluation in evaluations]
        numbers = [value for value in values if value is not None]
        whole = len(numbers) == len(values)
        metrics[metric.name] = {
            "mean": float(np.mean(numbers)) if whole else None,
            "std": float(np.std(numbers, ddof=1)) if whole else None,
            "values": values,
        }
    return {"folds": len(evaluations), "metrics": metrics}
