"""What a route may ask for: the parts that `create_app` has put into the application, with their types."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, g

from ml_api.services import ModelService
from ml_api.settings import Settings

EXTENSION = "ml_api"


@dataclass(frozen=True)
class Parts:
    """The parts of one application.

    Attributes
    ----------
    settings : Settings
    model : ModelService
    """

    settings: Settings
    model: ModelService


def get_parts() -> Parts:
    """Return the parts of the application that answers."""
    parts: Parts = current_app.extensions[EXTENSION]
    return parts


def get_request_id() -> str:
    """Return the id of the request that is answered."""
    request_id: str = g.request_id
    return request_id
