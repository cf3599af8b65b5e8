"""Plots of a classification: ROC, precision and recall, calibration, confusion matrix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from regression_model.evaluation.metrics.base import FloatArray
from regression_model.evaluation.number_format import format_count, format_score
from regression_model.evaluation.plots.canvas import (
    BLUE,
    INK,
    MUTED,
    SERIES,
    Plot,
    add_legend,
    label_axes,
    new_axes,
    plain_label,
    render_svg,
    use_percentages,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_CURVES = len(SERIES)
N_CALIBRATION_BINS = 10
MAX_NUMBERED_CLASSES = 12
BoolArray = npt.NDArray[np.bool_]


def plot_roc(actual: npt.NDArray[Any], probabilities: FloatArray, classes: Sequence[Any]) -> Plot:
    """Draw the ROC curve of the positive class, or of each of the most frequent classes against the rest.

    Parameters
    ----------
    actual : array of shape (n_rows,)
        Labels.
    probabilities : array of shape (n_rows, n_classes)
        In the order of `classes`.
    classes : sequence
        Labels; of two, the second is the positive one.
    """
    from sklearn.metrics import auc, roc_curve

    figure, axes = new_axes()
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle=(0, (4, 3)), label="guessing")
    areas = []
    for (label, belongs, scores), colour in zip(_scored(actual, probabilities, classes), SERIES, strict=False):
        false_positives, true_positives, _ = roc_curve(belongs, scores)
        areas.append(f"{label}: {format_score(auc(false_positives, true_positives))}")
        axes.plot(false_positives, true_positives, color=colour, linewidth=1.8, label=plain_label(label, 24))
    label_axes(axes, "False positive rate", "True positive rate")
    use_percentages(axes)
    add_legend(axes, "lower right")
    return Plot(
        "roc",
        "ROC curve",
        "The share of positive rows found, against the share of other rows wrongly flagged, as the threshold "
        f"falls. Area under the curve: {', '.join(areas) or 'undefined'}.",
        f"ROC curves. Area by class: {', '.join(areas) or 'undefined'}; guessing has 0.5.",
        render_svg(figure, "roc"),
    )


def plot_precision_recall(actual: npt.NDArray[Any], probabilities: FloatArray, classes: Sequence[Any]) -> Plot:
    """Draw precision against recall of the positive class, or of each of the most frequent classes.

    Parameters
    ----------
    actual : array of shape (n_rows,)
        Labels.
    probabilities : array of shape (n_rows, n_classes)
        In the order of `classes`.
    classes : sequence
        Labels; of two, the second is the positive one.
    """
    from sklearn.metrics import average_precision_score, precision_recall_curve

    figure, axes = new_axes()
    means, shares = [], []
    for (label, belongs, scores), colour in zip(_scored(actual, probabilities, classes), SERIES, strict=False):
        precision, recall, _ = precision_recall_curve(belongs, scores, drop_intermediate=True)
        means.append(f"{label}: {format_score(average_precision_score(belongs, scores))}")
        shares.append(f"{label}: {belongs.mean():.1%}")
        found = recall > 0  # thresholds above the first hit have a precision of 0 and say nothing
        axes.plot(
            recall[found],
            precision[found],
            color=colour,
            linewidth=1.8,
            label=plain_label(label, 24),
            drawstyle="steps-post",
        )
        axes.axhline(float(belongs.mean()), color=colour, linewidth=1, linestyle=(0, (4, 3)), alpha=0.7)
    axes.set_ylim(0, 1.04)
    label_axes(axes, "Recall", "Precision")
    use_percentages(axes)
    if means:
        add_legend(axes, "best")
    return Plot(
        "precision-recall",
        "Precision and recall",
        "How pure the flagged rows are, against how many of the positive rows are found. Dashed: the share "
        f"of positive rows, which is what guessing gets ({', '.join(shares)}).",
        f"Precision-recall curves. Average precision by class: {', '.join(means) or 'undefined'}.",
        render_svg(figure, "precision-recall"),
    )


def plot_calibration(actual: npt.NDArray[Any], probabilities: FloatArray, classes: Sequence[Any]) -> Plot:
    """Draw how often what was given some probability came true, in ten equally large groups.

    With three or more classes it is the probability of the predicted class.

    Parameters
    ----------
    actual : array of shape (n_rows,)
        Labels.
    probabilities : array of shape (n_rows, n_classes)
        In the order of `classes`.
    classes : sequence
        Labels; of two, the second is the positive one.
    """
    figure, axes = new_axes()
    if len(classes) == 2:
        scores, happened = probabilities[:, 1], actual == classes[1]
        what = f"class {classes[1]}"
    else:
        best = probabilities.argmax(axis=1)
        scores, happened = probabilities.max(axis=1), actual == np.asarray(classes, dtype=object)[best]
        what = "the predicted class"
    groups = [g for g in np.array_split(np.argsort(scores, kind="stable"), N_CALIBRATION_BINS) if len(g)]
    given = np.array([scores[group].mean() for group in groups])
    seen = np.array([happened[group].mean() for group in groups])
    margin = np.array([1.96 * np.sqrt(max(p * (1 - p), 1e-12) / len(g)) for p, g in zip(seen, groups, strict=True)])
    axes.plot([0, 1], [0, 1], color=INK, linewidth=1, linestyle=(0, (4, 3)), label="perfectly calibrated")
    axes.errorbar(
        given,
        seen,
        yerr=margin,
        color=BLUE,
        marker="o",
        markersize=4.5,
        linewidth=1.6,
        elinewidth=1,
        label="this model",
    )
    label_axes(axes, f"Predicted probability of {what}", "Observed frequency")
    use_percentages(axes)
    add_legend(axes, "upper left")
    gap = float(np.average(abs(given - seen), weights=[len(group) for group in groups]))
    distance = f"{100 * gap:.1f} percentage points"
    return Plot(
        "calibration",
        "Calibration",
        "Of the rows that were given a probability of 30%, 30% should be positive. Each point is a tenth of "
        f"the rows, with its 95% interval; the mean distance from the diagonal is {distance}.",
        f"Calibration curve from {given.min():.0%} predicted, {seen[0]:.0%} observed, to {given.max():.0%} "
        f"predicted, {seen[-1]:.0%} observed. Mean distance from the diagonal: {distance}.",
        render_svg(figure, "calibration"),
    )


def plot_confusion_matrix(confusion: Sequence[Sequence[int]], classes: Sequence[Any]) -> Plot:
    """Draw the confusion matrix, each row shaded by its shares.

    Parameters
    ----------
    confusion : sequence of shape (n_classes, n_classes)
        Counts: actual class by row, predicted class by column.
    classes : sequence
        Labels.
    """
    counts = np.asarray(confusion, dtype=np.float64)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    n_classes = len(classes)
    figure, axes = new_axes(5.0, min(3.6 + 0.22 * max(n_classes - 3, 0), 6.0))
    _shade_cells(axes, counts, shares)
    names = [plain_label(str(label), 14) for label in classes]
    size = 9 if n_classes <= MAX_NUMBERED_CLASSES else 6
    upright = 0 if n_classes <= 4 else 45
    axes.set_xticks(range(n_classes), names, color=INK, fontsize=size, rotation=upright, parse_math=False)
    axes.set_yticks(range(n_classes), names, color=INK, fontsize=size, parse_math=False)
    axes.set(xlim=(-0.5, n_classes - 0.5), ylim=(n_classes - 0.5, -0.5))
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    label_axes(axes, "Predicted class", "Actual class")
    found = ", ".join(f"{name} {share:.0%}" for name, share in zip(classes, np.diag(shares), strict=True))
    return Plot(
        "confusion",
        "Confusion matrix",
        "Rows of the holdout by actual and predicted class. Shades and percentages are shares of the actual "
        "class: each line adds up to 100%.",
        f"Confusion matrix. Share of each actual class that was predicted right: {found}.",
        render_svg(figure, "confusion"),
    )


def _shade_cells(axes: Axes, counts: FloatArray, shares: FloatArray) -> None:
    from matplotlib.patches import Rectangle

    n_classes = len(counts)
    for row, column in np.ndindex(n_classes, n_classes):
        share = float(shares[row, column])
        place = (column - 0.48, row - 0.48)
        axes.add_patch(Rectangle(place, 0.96, 0.96, facecolor=BLUE, alpha=0.06 + 0.9 * share, linewidth=0))
        if n_classes <= MAX_NUMBERED_CLASSES:
            text = f"{format_count(float(counts[row, column]))}\n{share:.1%}" if n_classes <= 6 else f"{share:.0%}"
            colour = "#ffffff" if share > 0.85 else INK  # each at least 4:1 on its shade
            axes.text(
                column,
                row,
                text,
                ha="center",
                va="center",
                color=colour,
                fontsize=10 if n_classes <= 4 else 8,
            )


def _scored(
    actual: npt.NDArray[Any], probabilities: FloatArray, classes: Sequence[Any]
) -> list[tuple[str, BoolArray, FloatArray]]:
    """Return label, membership and score of each class to draw; classes that can't be scored are left out."""
    scored = [(str(label), actual == label, probabilities[:, code]) for code, label in enumerate(classes)]
    scored = scored[1:] if len(classes) == 2 else scored
    drawable = [entry for entry in scored if 0 < entry[1].sum() < len(actual)]
    return sorted(drawable, key=lambda entry: -int(entry[1].sum()))[:MAX_CURVES]
