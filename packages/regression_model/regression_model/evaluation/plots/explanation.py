"""Plots of either task: error by segment, permutation importance, learning curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regression_model.evaluation.importance import Importances
from regression_model.evaluation.learning_curve import LearningCurve
from regression_model.evaluation.metrics import get_metric
from regression_model.evaluation.number_format import (
    format_count,
    format_metric,
    format_quantity,
    format_score,
)
from regression_model.evaluation.plots.canvas import (
    BLUE,
    INK,
    MUTED,
    VERMILLION,
    Plot,
    add_legend,
    label_axes,
    new_axes,
    render_svg,
    use_compact_numbers,
    use_percentages,
    use_row_labels,
    with_unit,
)
from regression_model.evaluation.segments import SegmentErrors

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_FEATURES = 15


def plot_segments(task: str, errors: SegmentErrors, unit: str | None = None) -> Plot:
    """Draw the error of each segment with its interval, and that of all rows as a line.

    Parameters
    ----------
    task : {"regression", "classification"}
        Whether errors are in the unit of the target, or shares of wrong labels.
    errors : SegmentErrors
        At least one segment.
    unit : str, optional
        Name of the target's unit.
    """
    segments = errors.segments
    figure, axes = new_axes(5.0, 1.1 + 0.27 * len(segments))
    axes.axvline(errors.overall, color=INK, linewidth=1, linestyle=(0, (4, 3)))
    for row, segment in enumerate(segments):
        colour = VERMILLION if segment.error > errors.overall else BLUE
        ends = [max(segment.error - segment.margin, 0.0), segment.error + segment.margin]
        axes.plot(ends, [row, row], color=colour, linewidth=1.4, alpha=0.6)
        axes.plot(segment.error, row, color=colour, marker="o", markersize=5.5)
    use_row_labels(axes, [f"{segment.feature}: {segment.label}" for segment in segments])
    if task == "regression":
        label_axes(axes, with_unit("Mean absolute error", unit), "")
        use_compact_numbers(axes, y=False)
    else:
        label_axes(axes, "Share of wrong labels", "")
        use_percentages(axes, y=False)
    worst = segments[0]
    return Plot(
        "segments",
        "Most different segments",
        "Mean error of the parts that differ most from the whole holdout (dashed line), with 95% intervals.",
        f"Dot plot of {len(segments)} segments. The largest error is that of {worst.feature}: {worst.label}, "
        f"{format_error(task, worst.error, unit)}; of all rows it is "
        f"{format_error(task, errors.overall, unit)}.",
        render_svg(figure, "segments"),
    )


def format_error(task: str, error: float, unit: str | None = None) -> str:
    """Write a segment's error: in the unit of the target, or as a percentage of wrong labels."""
    return format_quantity(error, unit) if task == "regression" else f"{error:.1%}"


def plot_importances(task: str, importances: Importances, unit: str | None = None) -> Plot:
    """Draw the importance of the fifteen most important columns, with its deviation over the repeats.

    Parameters
    ----------
    task : {"regression", "classification"}
        Whose metric was measured.
    importances : Importances
        At least one column.
    unit : str, optional
        Name of the target's unit.
    """
    metric = get_metric(task, importances.metric)
    top = importances.features[:MAX_FEATURES]
    figure, axes = new_axes(5.0, 1.1 + 0.27 * len(top))
    rows = range(len(top))
    axes.barh(rows, [feature.mean for feature in top], height=0.66, color=BLUE, alpha=0.85, linewidth=0)
    for row, feature in zip(rows, top, strict=True):
        ends = [feature.mean - feature.deviation, feature.mean + feature.deviation]
        axes.plot(ends, [row, row], color=INK, linewidth=1.1)
    use_row_labels(axes, [feature.feature for feature in top])
    worse = "Rise" if metric.direction == "minimize" else "Fall"
    label_axes(axes, with_unit(f"{worse} of {metric.label}", unit if metric.unit == "target" else None), "")
    use_compact_numbers(axes, y=False)
    unshuffled = format_metric(metric, importances.baseline, unit)
    return Plot(
        "importance",
        "What the predictions depend on",
        f"How much worse {metric.label} ({unshuffled} on these rows) gets when the values of one column are "
        f"shuffled. {format_count(importances.n_rows)} rows, {importances.n_repeats} shufflings each; lines "
        "show one standard deviation. Columns that tell the same share their importance.",
        "Bar chart. The most important columns are "
        + ", ".join(f"{feature.feature} ({format_score(feature.mean)})" for feature in top[:3])
        + ".",
        render_svg(figure, "importance"),
    )


def plot_learning_curve(curve: LearningCurve, unit: str | None = None) -> Plot:
    """Draw the score on training rows and holdout by number of training rows.

    Parameters
    ----------
    curve : LearningCurve
        At least one point.
    unit : str, optional
        Name of the target's unit.
    """
    metric = get_metric(curve.task, curve.metric)
    figure, axes = new_axes()
    sizes = [point.n_rows for point in curve.points]
    _plot_scores(axes, sizes, [point.holdout for point in curve.points], "holdout", BLUE)
    _plot_scores(axes, sizes, [point.train for point in curve.points], "training rows", MUTED)
    axes.set_xlim(0, max(sizes) * 1.04)
    label_axes(axes, "Training rows", with_unit(metric.label, unit if metric.unit == "target" else None))
    use_compact_numbers(axes)
    add_legend(axes)
    first, last = curve.points[0], curve.points[-1]
    return Plot(
        "learning-curve",
        "Score by number of training rows",
        "The score of models trained on parts of the training rows. If the holdout's line still improves at "
        "its end, more rows would help; the gap between the lines is what the model knows by heart.",
        f"Line chart. {metric.label} on the holdout is {format_metric(metric, first.holdout, unit)} with "
        f"{format_count(first.n_rows)} training rows and {format_metric(metric, last.holdout, unit)} with "
        f"{format_count(last.n_rows)}.",
        render_svg(figure, "learning-curve"),
    )


def _plot_scores(axes: Axes, sizes: list[int], scores: list[float | None], label: str, colour: str) -> None:
    values = [float("nan") if score is None else score for score in scores]
    axes.plot(sizes, values, color=colour, marker="o", markersize=4.5, linewidth=1.8, label=label)
