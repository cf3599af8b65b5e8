"""Serves the OpenAPI document, and a page to read it and to try it out."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from ml_api.blueprints.context import get_document

docs_blueprint = Blueprint("docs", __name__)


@docs_blueprint.get("/openapi.json")
def answer_openapi() -> Response:
    """Answer with the document."""
    return Response(get_document(), mimetype="application/json")


@docs_blueprint.get("/docs")
def show_docs() -> str:
    """Show the document in Swagger UI."""
    return render_template("docs.html")
