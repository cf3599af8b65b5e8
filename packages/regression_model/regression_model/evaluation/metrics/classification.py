"""Metrics of a classification.

With two classes, precision, recall, F1, ROC AUC and average precision are those of the positive class, the
second of the classes in their documented order. With three or more they are *macro averages*: the plain mean
over the classes, each against all others ("one versus rest"), so that a rare class counts as much as a
frequent one.

The definitions are scikit-learn's, written out in numpy because a bootstrap computes each a thousand times
and scikit-learn's checks of the input would take most of that time; the tests hold the two equal.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from regression_model.evaluation.metrics.base import FloatArray, IntArray, Metric, UndefinedMetricError
from regression_model.evaluation.metrics.samples import ClassificationSample

_BINARY = 2


def accuracy(sample: ClassificationSample) -> float:
    """Return the share of rows whose class was predicted, as `sklearn.metrics.accuracy_score`."""
    return float(np.trace(sample.confusion)) / sample.n_rows


def balanced_accuracy(sample: ClassificationSample) -> float:
    """Return the mean recall of the classes that occur, as `sklearn.metrics.balanced_accuracy_score`."""
    of_class = sample.confusion.sum(axis=1)
    occurs = of_class > 0
    return float((np.diag(sample.confusion)[occurs] / of_class[occurs]).mean())


def precision(sample: ClassificationSample) -> float:
    """Return true / predicted positives, 0 if none is predicted, as `sklearn.metrics.precision_score`."""
    hits, predicted = np.diag(sample.confusion), sample.confusion.sum(axis=0)
    return _of_positive_or_mean(sample, _ratio(hits, predicted))


def recall(sample: ClassificationSample) -> float:
    """Return true / actual positives, undefined if there is none, as `sklearn.metrics.recall_score`."""
    hits, actual = np.diag(sample.confusion), sample.confusion.sum(axis=1)
    if len(sample.classes) == _BINARY and actual[1] == 0:
        raise UndefinedMetricError(f"no row is of the positive class {sample.classes[1]!r}")
    return _of_positive_or_mean(sample, _ratio(hits, actual))


def f1(sample: ClassificationSample) -> float:
    """Return the harmonic mean of precision and recall, as `sklearn.metrics.f1_score`.

    Undefined if the positive class is neither among the actual values nor predicted.
    """
    confusion = sample.confusion
    support = confusion.sum(axis=0) + confusion.sum(axis=1)
    if len(sample.classes) == _BINARY and support[1] == 0:
        raise UndefinedMetricError(f"no row is, or is predicted to be, of the positive class {sample.classes[1]!r}")
    return _of_positive_or_mean(sample, _ratio(2 * np.diag(confusion), support))


def matthews_correlation(sample: ClassificationSample) -> float:
    """Return Matthews' correlation coefficient, as `sklearn.metrics.matthews_corrcoef`.

    The form for any number of classes is Gorodkin's (Computational Biology and Chemistry 28, 2004). It is 0
    if either the actual values or the predictions are all of one class.
    """
    confusion = sample.confusion.astype(np.float64)
    actual, predicted, n_rows = confusion.sum(axis=1), confusion.sum(axis=0), float(sample.n_rows)
    covariance = np.trace(confusion) * n_rows - actual @ predicted
    scale = (n_rows**2 - actual @ actual) * (n_rows**2 - predicted @ predicted)
    return 0.0 if scale == 0 else float(covariance / math.sqrt(scale))


def log_loss(sample: ClassificationSample) -> float:
    """Return the mean of ``-log(probability of the actual class)`` in nats, as `sklearn.metrics.log_loss`.

    A probability of 0 counts as 2.2e-16.
    """
    if sample.row_log_loss is None:
        raise UndefinedMetricError("the model gives no probabilities")
    return float(sample.row_log_loss.mean())


def roc_auc(sample: ClassificationSample) -> float:
    """Return the area under the ROC curve, as `sklearn.metrics.roc_auc_score`.

    For three or more classes ``multi_class="ovr", average="macro"``. Undefined if a class doesn't occur, or
    only one does. It is the probability that a row of the class has a higher score than another row, ties
    counting half (Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27, 2006).
    """
    areas = []
    for positives, negatives in _checked_score_counts(sample, both=True):
        below = np.cumsum(negatives) - negatives
        areas.append(float(positives @ (below + negatives / 2)) / (float(positives.sum()) * float(negatives.sum())))
    return float(np.mean(areas))


def average_precision(sample: ClassificationSample) -> float:
    """Return the sum of precision over steps of recall, as `sklearn.metrics.average_precision_score`.

    For three or more classes ``average="macro"``. Undefined if a class doesn't occur.
    """
    means = []
    for positives, negatives in _checked_score_counts(sample, both=False):
        hits, drawn = np.cumsum(positives[::-1]), np.cumsum((positives + negatives)[::-1])
        means.append(float(_ratio(hits, drawn) @ positives[::-1]) / float(positives.sum()))
    return float(np.mean(means))


def _checked_score_counts(sample: ClassificationSample, *, both: bool) -> list[tuple[IntArray, IntArray]]:
    if sample.score_ranks is None:
        raise UndefinedMetricError("the model gives no probabilities")
    absent = [label for label, n in zip(sample.classes, sample.confusion.sum(axis=1), strict=True) if n == 0]
    if len(sample.classes) == _BINARY and not both:
        absent = [label for label in absent if label == sample.classes[1]]
    if absent or len(sample.classes) < _BINARY:
        raise UndefinedMetricError(f"no row is of class {absent[0]!r}" if absent else "there is only one class")
    return sample.score_counts


def _ratio(numerator: IntArray, denominator: IntArray) -> FloatArray:
    """Divide, 0 where the denominator is 0."""
    return numerator / np.maximum(denominator, 1)


def _of_positive_or_mean(sample: ClassificationSample, by_class: FloatArray) -> float:
    if len(sample.classes) == _BINARY:
        return float(by_class[1])
    occurs = (sample.confusion.sum(axis=0) + sample.confusion.sum(axis=1)) > 0
    return float(by_class[occurs].mean())


_MACRO = "With three or more classes, the plain mean over them."

_ALL: tuple[Metric[ClassificationSample], ...] = (
    Metric(
        "accuracy", "Accuracy", "maximize", "prediction", "score", 0.0, 1.0,
        "Share of rows whose class was predicted.", accuracy,
    ),
    Metric(
        "balanced_accuracy", "Balanced accuracy", "maximize", "prediction", "score", 0.0, 1.0,
        "Mean over the classes of the share of their rows that was found: always predicting one class gets "
        "no credit for its frequency.", balanced_accuracy,
    ),
    Metric(
        "roc_auc", "ROC AUC", "maximize", "probabilities", "score", 0.0, 1.0,
        f"Chance that a positive row is ranked above a negative one: 0.5 is guessing. {_MACRO}", roc_auc,
    ),
    Metric(
        "average_precision", "Average precision", "maximize", "probabilities", "score", 0.0, 1.0,
        f"Precision averaged over all thresholds; guessing gets the share of positives. {_MACRO}",
        average_precision,
    ),
    Metric(
        "log_loss", "Log loss", "minimize", "probabilities", "score", 0.0, math.inf,
        "How surprised the probabilities are by what happened, in nats: 0 is certain and right.", log_loss,
    ),
    Metric(
        "f1", "F1", "maximize", "prediction", "score", 0.0, 1.0,
        f"Harmonic mean of precision and recall. {_MACRO}", f1,
    ),
    Metric(
        "precision", "Precision", "maximize", "prediction", "score", 0.0, 1.0,
        f"Of the rows predicted positive, the share that is. {_MACRO}", precision,
    ),
    Metric(
        "recall", "Recall", "maximize", "prediction", "score", 0.0, 1.0,
        f"Of the positive rows, the share that was predicted. {_MACRO}", recall,
    ),
    Metric(
        "mcc", "MCC", "maximize", "prediction", "score", -1.0, 1.0,
        "Matthews' correlation of actual and predicted classes: 1 is perfect, 0 is guessing, whatever their "
        "frequencies.", matthews_correlation,
    ),
)  # fmt: skip

CLASSIFICATION_METRICS: Mapping[str, Metric[ClassificationSample]] = MappingProxyType(
    {metric.name: metric for metric in _ALL}
)
