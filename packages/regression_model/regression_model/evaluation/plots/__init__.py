"""Plots of predictions, as SVG elements for a page; matplotlib is imported when one is drawn."""

from __future__ import annotations

from regression_model.evaluation.plots.canvas import Plot
from regression_model.evaluation.plots.classification import (
    plot_calibration,
    plot_confusion_matrix,
    plot_precision_recall,
    plot_roc,
)
from regression_model.evaluation.plots.explanation import plot_importances, plot_learning_curve, plot_segments
from regression_model.evaluation.plots.regression import (
    plot_predicted_against_actual,
    plot_residual_distribution,
    plot_residuals,
)

__all__ = [
    "Plot",
    "plot_calibration",
    "plot_confusion_matrix",
    "plot_importances",
    "plot_learning_curve",
    "plot_precision_recall",
    "plot_predicted_against_actual",
    "plot_residual_distribution",
    "plot_residuals",
    "plot_roc",
    "plot_segments",
]
