"""The report of a search: one HTML page that needs nothing but itself."""

from __future__ import annotations

from regression_model.search.report.page import build_search_report

__all__ = ["build_search_report"]
