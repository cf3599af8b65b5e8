"""The evaluation report: `build_report` turns `ReportInputs` into one HTML page."""

from __future__ import annotations

from regression_model.evaluation.report.inputs import ReportInputs
from regression_model.evaluation.report.page import build_report

__all__ = ["ReportInputs", "build_report"]
