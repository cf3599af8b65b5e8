"""Serves the OpenAPI document, and a page to read it and to try it out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, request

from ml_api.blueprints.context import get_document
from ml_api.services.docs_files import load_docs_files

docs_blueprint = Blueprint("docs", __name__)

_MAX_AGE_S = 3_600


@docs_blueprint.get("/openapi.json")
def answer_openapi() -> dict[str, Any]:
    """Answer with the document."""
    return get_document()


@docs_blueprint.get("/docs")
def show_docs() -> Response:
    """Show the document in Swagger UI."""
    return _answer_file("index.html")


@docs_blueprint.get("/docs/<name>")
def answer_docs_file(name: str) -> Response:
    """Answer with a file that the page loads."""
    return _answer_file(name)


def _answer_file(name: str) -> Response:
    if name not in load_docs_files():
        abort(404)
    content, media_type = load_docs_files()[name]
    response = Response(content, mimetype=media_type)
    response.cache_control.public = True
    response.cache_control.max_age = _MAX_AGE_S
    response.add_etag()
    response.make_conditional(request)
    return response
