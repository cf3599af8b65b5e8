"""The application: routes, errors, request ids and logs put together."""

from __future__ import annotations

from ml_api.app.factory import create_app

__all__ = ["create_app"]
