"""Says which model and which API answer here."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from ml_api.blueprints.context import get_parts
from ml_api.schemas import VersionAnswer

version_blueprint = Blueprint("version", __name__)


@version_blueprint.get("/version")
def answer_version() -> dict[str, Any]:
    """Answer with the versions and with the digest of the model's manifest."""
    return dict(VersionAnswer().dump(get_parts().model.describe()))
