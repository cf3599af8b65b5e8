"""Hands the metrics to Prometheus."""

from __future__ import annotations

from flask import Blueprint, Response

from ml_api.blueprints.context import get_parts
from ml_api.services.metrics import CONTENT_TYPE

metrics_blueprint = Blueprint("metrics", __name__)


@metrics_blueprint.get("/metrics")
def answer_metrics() -> Response:
    """Answer with the metrics of all workers, in Prometheus's text format."""
    return Response(get_parts().metrics.render(), content_type=CONTENT_TYPE)
