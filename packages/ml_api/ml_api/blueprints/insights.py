"""The page that shows what the prediction log says."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from flask import Blueprint, Response, make_response, render_template, request

from ml_api.blueprints.context import get_parts
from ml_api.blueprints.login import wants_page
from ml_api.errors import InsightsError, ParameterError
from ml_api.services.answer_view import describe_target
from ml_api.services.insights import Question, find_recent_insights
from ml_api.services.insights_view import InsightsView, build_insights_view
from ml_api.services.offload import run_in_threadpool

insights_blueprint = Blueprint("insights", __name__)

# A fixed set, so that nobody can have another period computed with each request.
_PERIODS: Mapping[str, tuple[str, int | None]] = MappingProxyType(
    {"1": ("24 hours", 1), "7": ("7 days", 7), "30": ("30 days", 30), "all": ("All", None)}
)
_DEFAULT = "7"


class PeriodLink(NamedTuple):
    """A link to the same page for another period."""

    path: str
    label: str
    current: bool


@insights_blueprint.get("/insights")
def show_insights() -> Response:
    """Show traffic, latency, refused rows, live accuracy and drift."""
    days = request.args.get("days", _DEFAULT)
    if days not in _PERIODS:
        raise ParameterError(f"'days' is one of {', '.join(_PERIODS)}.", details={"allowed": list(_PERIODS)})
    try:
        return _render(days, view=_build_view(_PERIODS[days][1]))
    except InsightsError as error:
        if not wants_page(request):
            raise
        return _render(days, problem=error)


def _build_view(n_days: int | None) -> InsightsView:
    parts = get_parts()
    artifact, folder = parts.model.artifact, parts.settings.prediction_log
    if folder is None:
        raise InsightsError("There is nothing to show, since predictions are not kept: ML_API_PREDICTION_LOG is unset.")
    question = Question(
        folder=folder,
        digest=artifact.digest,
        artifact_path=parts.settings.artifact,
        trusted_keys=parts.settings.trusted_keys_file,
        n_days=n_days,
    )
    recent = find_recent_insights(question)
    return run_in_threadpool(build_insights_view, recent, n_days=n_days, unit=describe_target(artifact).unit)


def _render(days: str, *, view: InsightsView | None = None, problem: InsightsError | None = None) -> Response:
    periods = [PeriodLink(f"/insights?days={key}", label, key == days) for key, (label, _) in _PERIODS.items()]
    page = render_template("insights.html", periods=periods, period=_PERIODS[days][0], view=view, problem=problem)
    return make_response(page, 200 if problem is None else 503)
