"""The routes, one blueprint per subject."""

from __future__ import annotations

from ml_api.blueprints.docs import docs_blueprint
from ml_api.blueprints.feedback import feedback_blueprint
from ml_api.blueprints.health import health_blueprint
from ml_api.blueprints.insights import insights_blueprint
from ml_api.blueprints.login import login_blueprint
from ml_api.blueprints.metrics import metrics_blueprint
from ml_api.blueprints.pages import pages_blueprint
from ml_api.blueprints.prediction import prediction_blueprint
from ml_api.blueprints.static_files import static_blueprint
from ml_api.blueprints.version import version_blueprint

__all__ = [
    "docs_blueprint",
    "feedback_blueprint",
    "health_blueprint",
    "insights_blueprint",
    "login_blueprint",
    "metrics_blueprint",
    "pages_blueprint",
    "prediction_blueprint",
    "static_blueprint",
    "version_blueprint",
]
