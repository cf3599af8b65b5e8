"""The routes, one blueprint per subject."""

from __future__ import annotations

from ml_api.blueprints.health import health_blueprint
from ml_api.blueprints.prediction import prediction_blueprint
from ml_api.blueprints.version import version_blueprint

__all__ = ["health_blueprint", "prediction_blueprint", "version_blueprint"]
