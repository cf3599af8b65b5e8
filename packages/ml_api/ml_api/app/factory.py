"""Builds the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

from ml_api.app.application import Application
from ml_api.app.auth import register_access_hooks
from ml_api.app.deadlines import limit_request_time
from ml_api.app.errors import register_error_handlers
from ml_api.app.forms import SmallFormRequest
from ml_api.app.headers import register_header_hooks
from ml_api.app.logs import configure_logging
from ml_api.app.metrics import register_metrics_hooks
from ml_api.app.openapi import create_api, publish_document
from ml_api.app.requests import register_request_hooks
from ml_api.blueprints import (
    docs_blueprint,
    feedback_blueprint,
    health_blueprint,
    insights_blueprint,
    login_blueprint,
    metrics_blueprint,
    pages_blueprint,
    prediction_blueprint,
    static_blueprint,
    version_blueprint,
)
from ml_api.blueprints.context import EXTENSION, Parts
from ml_api.services import KeyGuard, KeyStore, Metrics, ModelService, PredictionLog, Redactor, build_key_store
from ml_api.services.server_start import has_started
from ml_api.services.trust import check_trust
from ml_api.settings import Settings, TestingSettings, read_settings

if TYPE_CHECKING:
    from regression_model import ProcessLimits


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
        If the environment is read and can't be used, the API would be open to more than its operator wants, the model
        is not signed by anybody who is trusted, or a log can't be written; of these, a worker of a server that has
        started checks the environment only.
    """
    settings = read_settings() if settings is None else settings
    is_start = not has_started()
    redactor = Redactor(settings.log_redact)
    configure_logging(settings.log_level, file=settings.log_file, redactor=redactor, is_required=is_start)
    keys = build_key_store(settings, is_required=is_start)
    if is_start:
        check_trust(settings)
    app = Application("ml_api", static_folder=None)
    app.request_class = SmallFormRequest
    app.config.update(
        TESTING=isinstance(settings, TestingSettings),
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
        MAX_FORM_PARTS=settings.max_form_parts,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]  # answers keep the order of their schema
    parts = _build_parts(settings, keys, redactor)
    app.extensions[EXTENSION] = parts
    limit_request_time(app, timeout_s=settings.request_timeout_s)
    register_request_hooks(app)
    register_metrics_hooks(app, parts.metrics, parts.prediction_log)
    register_header_hooks(app, settings)
    register_access_hooks(app, settings)
    api = create_api(app)
    register_error_handlers(app)  # after the API's own handler, which they replace
    for blueprint in (health_blueprint, version_blueprint, prediction_blueprint, feedback_blueprint):
        api.register_blueprint(blueprint)
    app.register_blueprint(metrics_blueprint)
    app.register_blueprint(docs_blueprint)
    app.register_blueprint(static_blueprint)
    app.register_blueprint(login_blueprint)
    if settings.pages:
        app.register_blueprint(pages_blueprint)
        app.register_blueprint(insights_blueprint)
    if parts.model.load():
        redactor.learn_features(parts.model.artifact.schema.names)
        parts.metrics.use_model(parts.model.artifact)
    parts.prediction_log.start(is_required=is_start)
    publish_document(app, api, settings)
    return app


def _build_parts(settings: Settings, keys: KeyStore | None, redactor: Redactor) -> Parts:
    metrics = Metrics()
    log = PredictionLog(
        settings.prediction_log,
        retention_days=settings.prediction_log_days,
        redactor=redactor,
        observe=metrics.observe_predictions,
    )
    return Parts(
        settings=settings,
        model=ModelService(
            settings.artifact, trusted_keys=settings.trusted_keys_file, limits=_find_process_limits(settings)
        ),
        metrics=metrics,
        prediction_log=log,
        guard=None if keys is None else _build_guard(settings, keys),
    )


def _find_process_limits(settings: Settings) -> ProcessLimits:
    from regression_model import ProcessLimits

    return ProcessLimits(
        time_s=settings.prediction_timeout_s,
        memory_mb=settings.prediction_memory_mb,
        # The server gives up a worker that says nothing for so long, and it says nothing before it is ready.
        start_s=0.8 * settings.timeout_s,
    )


def _build_guard(settings: Settings, keys: KeyStore) -> KeyGuard:
    return KeyGuard(keys, n_processes=settings.workers, storage_url=settings.rate_limit_storage)
