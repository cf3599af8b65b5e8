"""Builds the application."""

from __future__ import annotations

from flask import Flask

from ml_api.app.errors import register_error_handlers
from ml_api.app.logs import configure_logging
from ml_api.app.requests import register_request_hooks
from ml_api.blueprints import health_blueprint, prediction_blueprint, version_blueprint
from ml_api.blueprints.context import EXTENSION, Parts
from ml_api.services import ModelService
from ml_api.settings import Settings, TestingSettings, read_settings


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application and load its model.

    Call it in the process that answers requests, after any fork (see `ModelService.load`).

    Parameters
    ----------
    settings : Settings, optional
        By default those in the environment.

    Returns
    -------
    Flask
        Ready to answer. If the model can't be loaded, ``/ready`` and the predictions answer 503.

    Raises
    ------
    SettingsError
        If the environment is read and can't be used.
    """
    settings = read_settings() if settings is None else settings
    configure_logging(settings.log_level)
    app = Flask("ml_api", static_folder=None)
    app.config.update(TESTING=isinstance(settings, TestingSettings), MAX_CONTENT_LENGTH=settings.max_body_bytes)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # answers keep the order of their schema
    parts = Parts(settings=settings, model=ModelService(settings.artifact))
    app.extensions[EXTENSION] = parts
    register_request_hooks(app)
    register_error_handlers(app)
    for blueprint in (health_blueprint, version_blueprint, prediction_blueprint):
        app.register_blueprint(blueprint)
    parts.model.load()
    return app
