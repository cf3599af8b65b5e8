"""Serves the OpenAPI document, and a page to read it and to try it out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from ml_api.blueprints.context import get_document

docs_blueprint = Blueprint("docs", __name__)


@docs_blueprint.get("/openapi.json")
def answer_openapi() -> dict[str, Any]:
    """Answer with the document."""
    return get_document()


@docs_blueprint.get("/docs")
def show_docs() -> str:
    """Show the document in Swagger UI."""
    return render_template("docs.html")
