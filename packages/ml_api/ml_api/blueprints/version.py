"""Says which model and which API answer here."""

from __future__ import annotations

from flask_smorest import Blueprint

from ml_api.blueprints.context import get_parts
from ml_api.blueprints.documentation import ALWAYS, fails_with
from ml_api.schemas import VersionAnswer
from ml_api.services.model import VersionInfo

version_blueprint = Blueprint("version", __name__, description="Which model and which API answer")


@version_blueprint.get("/version")
@version_blueprint.response(200, VersionAnswer, description="The versions.")
@fails_with(version_blueprint, *ALWAYS)
def answer_version() -> VersionInfo:
    """Answer with the versions and with the digest of the model's manifest."""
    return get_parts().model.describe()
