"""Plots of a regression: predictions against actual values, and residuals."""

from __future__ import annotations

import numpy as np

from regression_model.evaluation.metrics.base import FloatArray, IntArray
from regression_model.evaluation.number_format import format_compact, format_count
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
    with_unit,
)

MAX_POINTS = 5000
N_BANDS = 12
SIZE_IN = (4.3, 3.5)  # they stand three abreast


def plot_predicted_against_actual(actual: FloatArray, predicted: FloatArray, unit: str | None = None) -> Plot:
    """Draw each row as a point; on the diagonal the prediction is right.

    Parameters
    ----------
    actual, predicted : array of shape (n_rows,)
        In the unit of the target.
    unit : str, optional
        Name of that unit.
    """
    figure, axes = new_axes(*SIZE_IN)
    low, high = float(min(actual.min(), predicted.min())), float(max(actual.max(), predicted.max()))
    shown = _shown_rows(len(actual))
    axes.plot([low, high], [low, high], color=INK, linewidth=1, linestyle=(0, (4, 3)), label="exactly right")
    axes.scatter(
        actual[shown],
        predicted[shown],
        s=10,
        color=BLUE,
        alpha=_opacity(len(shown)),
        linewidths=0,
        rasterized=True,
    )
    label_axes(axes, with_unit("Actual", unit), with_unit("Predicted", unit))
    use_compact_numbers(axes)
    add_legend(axes, "upper left")
    within = float((abs(predicted - actual) <= 0.1 * abs(actual)).mean())
    return Plot(
        "predicted-actual",
        "Predicted against actual",
        f"Each point is a row of the holdout{_of_all(shown, actual)}. Points on the dashed line are "
        f"predicted exactly; {within:.0%} of the rows are predicted to within 10% of their actual value.",
        f"Scatter plot of {format_count(len(actual))} predictions from "
        f"{format_compact(float(predicted.min()))} to {format_compact(float(predicted.max()))} against "
        f"actual values from {format_compact(float(actual.min()))} to {format_compact(float(actual.max()))}.",
        render_svg(figure, "predicted-actual"),
    )


def plot_residuals(actual: FloatArray, predicted: FloatArray, unit: str | None = None) -> Plot:
    """Draw residuals against predictions, with their median and middle 80 % in twelve equally large groups.

    Parameters
    ----------
    actual, predicted : array of shape (n_rows,)
        In the unit of the target.
    unit : str, optional
        Name of that unit.
    """
    figure, axes = new_axes(*SIZE_IN)
    residuals = predicted - actual
    shown = _shown_rows(len(actual))
    axes.scatter(
        predicted[shown],
        residuals[shown],
        s=8,
        color=BLUE,
        alpha=0.7 * _opacity(len(shown)),
        linewidths=0,
        rasterized=True,
    )
    axes.axhline(0, color=INK, linewidth=1, linestyle=(0, (4, 3)))
    groups = [group for group in np.array_split(np.argsort(predicted, kind="stable"), N_BANDS) if len(group)]
    middle = [float(np.median(predicted[group])) for group in groups]
    bands = np.array([np.quantile(residuals[group], [0.1, 0.5, 0.9]) for group in groups])
    axes.fill_between(middle, bands[:, 0], bands[:, 2], color=VERMILLION, alpha=0.16, linewidth=0, label="middle 80%")
    axes.plot(middle, bands[:, 1], color=VERMILLION, linewidth=1.6, label="median")
    label_axes(axes, with_unit("Predicted", unit), with_unit("Predicted - actual", unit))
    use_compact_numbers(axes)
    add_legend(axes, "lower left")
    return Plot(
        "residuals",
        "Residuals",
        "Errors by size of the prediction. A median away from zero is a bias; a band that widens means that "
        "large predictions are less certain.",
        f"Scatter plot of errors against predictions. The median error is "
        f"{format_compact(float(np.median(residuals)))}; 80% of the errors lie between "
        f"{format_compact(float(np.quantile(residuals, 0.1)))} and "
        f"{format_compact(float(np.quantile(residuals, 0.9)))}.",
        render_svg(figure, "residuals"),
    )


def plot_residual_distribution(actual: FloatArray, predicted: FloatArray, unit: str | None = None) -> Plot:
    """Draw how often residuals of each size occur; the outermost 1 % are counted into the outer bars.

    Parameters
    ----------
    actual, predicted : array of shape (n_rows,)
        In the unit of the target.
    unit : str, optional
        Name of that unit.
    """
    figure, axes = new_axes(*SIZE_IN)
    residuals = predicted - actual
    reach = float(np.quantile(abs(residuals), 0.99)) or 1.0
    counts, edges = np.histogram(np.clip(residuals, -reach, reach), bins=31, range=(-reach, reach))
    axes.bar(edges[:-1], counts, width=np.diff(edges) * 0.9, align="edge", color=BLUE, alpha=0.85, linewidth=0)
    axes.axvline(0, color=INK, linewidth=1, linestyle=(0, (4, 3)))
    axes.grid(visible=False, axis="x")
    axes.spines["left"].set_visible(False)
    label_axes(axes, with_unit("Predicted - actual", unit), "Rows")
    use_compact_numbers(axes)
    axes.annotate("too low", (0.01, 0.97), xycoords="axes fraction", color=MUTED, fontsize=8.5, va="top")
    axes.annotate("too high", (0.99, 0.97), xycoords="axes fraction", color=MUTED, fontsize=8.5, va="top", ha="right")
    return Plot(
        "residual-distribution",
        "Distribution of residuals",
        "How often errors of each size occur. The outer bars hold all errors beyond the axis.",
        f"Histogram of errors: {(residuals > 0).mean():.0%} of the predictions are too high, the 1st and "
        f"99th percentile of the errors are {format_compact(float(np.quantile(residuals, 0.01)))} and "
        f"{format_compact(float(np.quantile(residuals, 0.99)))}.",
        render_svg(figure, "residual-distribution"),
    )


def _shown_rows(n_rows: int) -> IntArray:
    """Choose evenly spaced rows: the holdout is in random order, or in that of the table."""
    return np.unique(np.linspace(0, n_rows - 1, min(n_rows, MAX_POINTS)).astype(np.int64))


def _of_all(shown: IntArray, actual: FloatArray) -> str:
    return "" if len(shown) == len(actual) else f" ({format_count(len(shown))} of {format_count(len(actual))})"


def _opacity(n_points: int) -> float:
    return float(np.clip(18 / n_points**0.5, 0.18, 0.75))
