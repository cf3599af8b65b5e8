"""Says whether the process is alive, and whether it can predict."""

from __future__ import annotations

from flask_smorest import Blueprint

from ml_api.blueprints.context import get_parts
from ml_api.blueprints.documentation import ALWAYS, fails_with
from ml_api.schemas import HealthAnswer, ReadyAnswer

health_blueprint = Blueprint("health", __name__, description="Whether the process lives, and can predict")


@health_blueprint.get("/health")
@health_blueprint.response(200, HealthAnswer, description="The process lives.")
@fails_with(health_blueprint, *ALWAYS)
def answer_health() -> dict[str, str]:
    """Answer as long as the process lives, model or not."""
    return {"status": "ok"}


@health_blueprint.get("/ready")
@health_blueprint.response(200, ReadyAnswer, description="The model is loaded.")
@fails_with(health_blueprint, *ALWAYS, 503)
def answer_ready() -> dict[str, str]:
    """Answer that the model is loaded and its golden rows agree; otherwise the error is 503."""
    return {"status": "ready", "model_version": get_parts().model.artifact.version}
