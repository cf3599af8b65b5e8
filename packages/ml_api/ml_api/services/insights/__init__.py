"""What the prediction log says: traffic, latency, refusals, live accuracy and drift."""

from __future__ import annotations

from ml_api.services.insights.collecting import collect_insights
from ml_api.services.insights.recent import Question, RecentInsights, find_recent_insights
from ml_api.services.insights.results import Insights
from ml_api.services.insights.runner import run_insights

__all__ = ["Insights", "Question", "RecentInsights", "collect_insights", "find_recent_insights", "run_insights"]
