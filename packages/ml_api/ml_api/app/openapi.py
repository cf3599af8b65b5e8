"""Describes the API in OpenAPI 3.1: what the routes say of themselves, and what the model says of its rows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask_smorest import Api

import ml_api
from ml_api.blueprints.access import is_public
from ml_api.blueprints.context import DOCUMENT, EXTENSION, Parts
from ml_api.schemas import ErrorAnswer, describe_row, write_csv_rows, write_json_answer
from ml_api.settings import Settings

if TYPE_CHECKING:
    from regression_model import Artifact

OPENAPI_VERSION = "3.1.0"
_DESCRIPTION = (
    "Predictions of a model that was trained from a table. Rows are described feature by feature under the schema "
    "`Row`. All errors have one shape, `ErrorAnswer`."
)
_KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": "A key that the operator made with `ml-api keys create`.",
}


class DocumentedApi(Api):
    """Collects the routes' own descriptions.

    It registers an error handler of its own: ours have to be registered after it.
    """

    ERROR_SCHEMA = ErrorAnswer
    # A response for "any other status" would hide one that nobody thought of.
    DEFAULT_ERROR_RESPONSE_NAME = None


def create_api(app: Flask) -> DocumentedApi:
    """Put the description into an application; documented blueprints are registered through it.

    Parameters
    ----------
    app : Flask

    Returns
    -------
    DocumentedApi
    """
    app.config.update(API_TITLE="ml-api", API_VERSION=ml_api.__version__, OPENAPI_VERSION=OPENAPI_VERSION)
    return DocumentedApi(app)


def publish_document(app: Flask, api: DocumentedApi, settings: Settings) -> None:
    """Build the document and hand it to the route that answers with it.

    Parameters
    ----------
    app : Flask
        With its parts, the model loaded if it can be.
    api : DocumentedApi
        With all blueprints registered.
    settings : Settings
    """
    parts: Parts = app.extensions[EXTENSION]
    artifact = parts.model.artifact if parts.model.describe().model_version else None
    document = build_document(
        api,
        artifact,
        needs_key=lambda path: parts.guard is not None and not is_public(path, public_metrics=settings.public_metrics),
    )
    app.extensions[DOCUMENT] = write_json_answer(document)


def build_document(
    api: DocumentedApi, artifact: Artifact | None, *, needs_key: Callable[[str], bool]
) -> dict[str, Any]:
    """Build the whole document.

    Parameters
    ----------
    api : DocumentedApi
        With all blueprints registered.
    artifact : Artifact or None
        The model; without one, rows are any objects.
    needs_key : callable
        Says of the path of a route whether it asks for a key.

    Returns
    -------
    dict
        Fit for JSON, the same for the same model, settings and code.
    """
    document: dict[str, Any] = {"openapi": OPENAPI_VERSION, **json.loads(json.dumps(api.spec.to_dict()))}
    document["info"]["description"] = _DESCRIPTION
    document["components"]["schemas"].pop("PaginationMetadata", None)  # flask-smorest's own; we have no pages
    row = {"type": "object"} if artifact is None else describe_row(artifact.schema, artifact.example_row())
    document["components"]["schemas"]["Row"] = row
    guarded = [path for path in document["paths"] if needs_key(path)]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            _tidy(operation, f"{method}{re.sub('[^0-9A-Za-z]+', '_', path)}")
            if path in guarded:
                operation["security"] = [{"key": []}]
        if artifact is not None and path.endswith("/predict"):
            _add_examples(operations["post"]["requestBody"]["content"], artifact.example_row())
    if guarded:
        document["components"]["securitySchemes"] = {"key": _KEY}
    return document


def _tidy(operation: dict[str, Any], operation_id: str) -> None:
    operation["operationId"] = operation_id
    operation["responses"] = dict(sorted(operation["responses"].items()))
    if "description" in operation:  # the lines of a docstring
        operation["description"] = " ".join(operation["description"].split())


def _add_examples(content: dict[str, Any], row: dict[str, Any]) -> None:
    """Add bodies that can be sent as they are."""
    content["application/json"]["examples"] = {
        "row": {"summary": "One row", "value": row},
        "rows": {"summary": "Several rows", "value": [row, row]},
        "inputs": {"summary": "Rows in an envelope", "value": {"inputs": [row]}},
    }
    content["text/csv"]["example"] = write_csv_rows([row])
    content["application/x-ndjson"]["example"] = f"{json.dumps(row)}\n"
