"""Says whether the process is alive, and whether it can predict."""

from __future__ import annotations

from flask import Blueprint

from ml_api.blueprints.context import get_parts

health_blueprint = Blueprint("health", __name__)


@health_blueprint.get("/health")
def answer_health() -> dict[str, str]:
    """Answer as long as the process lives, model or not."""
    return {"status": "ok"}


@health_blueprint.get("/ready")
def answer_ready() -> dict[str, str]:
    """Answer that the model is loaded and its golden rows agree; otherwise the error is 503."""
    return {"status": "ready", "model_version": get_parts().model.artifact.version}
