"""The application for a WSGI server: ``ml_api.wsgi:app``, or ``ml_api.wsgi:create()``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    app: Flask

__all__ = ["app", "create"]


def create() -> Flask:
    """Build the application from the environment, each time anew."""
    from ml_api.app import create_app

    return create_app()


def __getattr__(name: str) -> object:
    """Build ``app`` when a server first asks for it: importing this module loads no model."""
    if name != "app":
        raise AttributeError(f"module 'ml_api.wsgi' has no attribute {name!r}")
    globals()["app"] = value = create()
    return value
