"""Metrics of a classification that a search may be about, but that reports and manifests do not list.

Averages over the classes, two or more of them: ``macro`` is the plain mean, ``weighted`` counts each class by its
rows. Unlike the listed metrics they look at both of two classes. Names and definitions are those of Azure Machine
Learning ("Evaluate automated machine learning experiment results", Microsoft Learn), which are scikit-learn's with
these values of ``average``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal

import numpy as np

from regression_model.evaluation.metrics.base import FloatArray, IntArray, Metric, UndefinedMetricError
from regression_model.evaluation.metrics.classification import balanced_accuracy
from regression_model.evaluation.metrics.samples import ClassificationSample

Average = Literal["macro", "weighted"]
ByClass = Callable[[ClassificationSample], FloatArray]


def norm_macro_recall(sample: ClassificationSample) -> float:
    """Return macro recall, rescaled so that guessing gets 0 and the best is 1.

    As ``balanced_accuracy_score(adjusted=True)`` of scikit-learn, over the classes that occur.
    """
    chance = 1.0 / int((sample.confusion.sum(axis=1) > 0).sum())
    if chance == 1:
        raise UndefinedMetricError("there is only one class")
    return (balanced_accuracy(sample) - chance) / (1.0 - chance)


def weighted_accuracy(sample: ClassificationSample) -> float:
    """Return accuracy, each row weighing as much as its class has rows."""
    of_class = sample.confusion.sum(axis=1).astype(np.float64)
    return float(of_class @ np.diag(sample.confusion)) / float(of_class @ of_class)


def _precisions(sample: ClassificationSample) -> FloatArray:
    return _ratio(np.diag(sample.confusion), sample.confusion.sum(axis=0))


def _recalls(sample: ClassificationSample) -> FloatArray:
    return _ratio(np.diag(sample.confusion), sample.confusion.sum(axis=1))


def _f1_scores(sample: ClassificationSample) -> FloatArray:
    support = sample.confusion.sum(axis=0) + sample.confusion.sum(axis=1)
    return _ratio(2 * np.diag(sample.confusion), support)


def _areas(sample: ClassificationSample) -> FloatArray:
    """Find the area under each class's ROC curve against all others; see `classification.roc_auc`."""
    areas = []
    for positives, negatives in _count_scores(sample):
        below = np.cumsum(negatives) - negatives
        areas.append(float(positives @ (below + negatives / 2)) / (float(positives.sum()) * float(negatives.sum())))
    return np.array(areas)


def _average_precisions(sample: ClassificationSample) -> FloatArray:
    """Find each class's precision averaged over steps of recall; see `classification.average_precision`."""
    means = []
    for positives, negatives in _count_scores(sample):
        hits, drawn = np.cumsum(positives[::-1]), np.cumsum((positives + negatives)[::-1])
        means.append(float(_ratio(hits, drawn) @ positives[::-1]) / float(positives.sum()))
    return np.array(means)


def _count_scores(sample: ClassificationSample) -> list[tuple[IntArray, IntArray]]:
    """Count rows by score for every class; of two, the first one's scores are those of the second, reversed."""
    if sample.score_ranks is None:
        raise UndefinedMetricError("the model gives no probabilities")
    counts = sample.confusion.sum(axis=1)
    absent = [label for label, n in zip(sample.classes, counts, strict=True) if n == 0]
    if absent or len(sample.classes) < 2:
        raise UndefinedMetricError(f"no row is of class {absent[0]!r}" if absent else "there is only one class")
    if len(sample.classes) > 2:
        return sample.score_counts
    ((positives, negatives),) = sample.score_counts
    return [(negatives[::-1], positives[::-1]), (positives, negatives)]


def _ratio(numerator: IntArray, denominator: IntArray) -> FloatArray:
    """Divide, 0 where the denominator is 0."""
    return numerator / np.maximum(denominator, 1)


def _averaging(by_class: ByClass, average: Average) -> Callable[[ClassificationSample], float]:
    def compute(sample: ClassificationSample) -> float:
        values, actual = by_class(sample), sample.confusion.sum(axis=1)
        if average == "weighted":
            return float(values @ actual) / sample.n_rows
        occurs = (sample.confusion.sum(axis=0) + actual) > 0
        return float(values[occurs].mean())

    return compute


def _build(
    name: str, label: str, by_class: ByClass, *, probabilities: bool = False
) -> list[Metric[ClassificationSample]]:
    needs: Literal["prediction", "probabilities"] = "probabilities" if probabilities else "prediction"
    said: tuple[tuple[Average, str], ...] = (
        ("macro", "the plain mean over the classes"),
        ("weighted", "averaged over the classes by their rows"),
    )
    return [
        Metric(
            f"{name}_{average}", f"{label} ({average})", "maximize", needs, "score", 0.0, 1.0,
            f"{label} of each class against all others, {how}.", _averaging(by_class, average),
        )
        for average, how in said
    ]  # fmt: skip


_ALL: tuple[Metric[ClassificationSample], ...] = (
    *_build("AUC", "ROC AUC", _areas, probabilities=True),
    *_build("average_precision_score", "Average precision", _average_precisions, probabilities=True),
    *_build("f1_score", "F1", _f1_scores),
    *_build("precision_score", "Precision", _precisions),
    *_build("recall_score", "Recall", _recalls),
    Metric(
        "norm_macro_recall", "Normalised macro recall", "maximize", "prediction", "score", -1.0, 1.0,
        "Mean recall of the classes, rescaled: 0 is guessing, 1 is perfect.", norm_macro_recall,
    ),
    Metric(
        "weighted_accuracy", "Weighted accuracy", "maximize", "prediction", "score", 0.0, 1.0,
        "Accuracy in which each row weighs as much as its class has rows.", weighted_accuracy,
    ),
)  # fmt: skip

FURTHER_CLASSIFICATION_METRICS: Mapping[str, Metric[ClassificationSample]] = MappingProxyType(
    {metric.name: metric for metric in _ALL}
)
