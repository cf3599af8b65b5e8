"""How good predictions are: metrics with bootstrap intervals, an HTML report and a model card.

The names are resolved when they are first used, so that importing this package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regression_model.evaluation.evaluate import Evaluation, MetricValue, evaluate_predictions
    from regression_model.evaluation.learning_curve import LearningCurve, compute_learning_curve
    from regression_model.evaluation.metrics import Metric, get_metric, get_metrics
    from regression_model.evaluation.model_card import build_model_card
    from regression_model.evaluation.report import ReportInputs, build_report
    from regression_model.evaluation.scoring import LabelledRows, build_scorer

__all__ = [
    "Evaluation",
    "LabelledRows",
    "LearningCurve",
    "Metric",
    "MetricValue",
    "ReportInputs",
    "build_model_card",
    "build_report",
    "build_scorer",
    "compute_learning_curve",
    "evaluate_predictions",
    "get_metric",
    "get_metrics",
]

_MODULES = {
    "evaluate": ("Evaluation", "MetricValue", "evaluate_predictions"),
    "learning_curve": ("LearningCurve", "compute_learning_curve"),
    "metrics": ("Metric", "get_metric", "get_metrics"),
    "model_card": ("build_model_card",),
    "report": ("ReportInputs", "build_report"),
    "scoring": ("LabelledRows", "build_scorer"),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
