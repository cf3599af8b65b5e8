"""Serves what pages load, and gives templates what every page shows."""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, Response, abort, current_app, request, url_for

from ml_api.blueprints.access import find_scope, is_public
from ml_api.blueprints.context import Caller, get_caller
from ml_api.services.static_files import load_static_files

static_blueprint = Blueprint("static_files", __name__)

_FOREVER = "public, max-age=31536000, immutable"
_PAGES = (("/", "Predict"), ("/insights", "Insights"), ("/docs", "API"))


class PageLink(NamedTuple):
    """A link to a page, in the navigation."""

    path: str
    label: str
    current: bool


@static_blueprint.get("/static/<name>")
def answer_static_file(name: str) -> Response:
    """Answer with a file; for ever, if the address names its content."""
    file = load_static_files().get(name)
    if file is None:
        abort(404)
    response = Response(file.content, mimetype=file.media_type)
    response.set_etag(file.digest)
    response.headers["Cache-Control"] = _FOREVER if request.args.get("v") == file.digest else "no-cache"
    response.make_conditional(request)
    return response


@static_blueprint.app_template_global()
def static_url(name: str) -> str:
    """Return the address of a file, with its digest: it changes when the content does."""
    return url_for("static_files.answer_static_file", name=name, v=load_static_files()[name].digest)


@static_blueprint.app_template_global()
def page_links() -> list[PageLink]:
    """Return links to the pages that this application has, but for those that the caller's key does not open."""
    paths = {rule.rule for rule in current_app.url_map.iter_rules()}
    return [
        PageLink(path, label, request.path == path) for path, label in _PAGES if path in paths and _is_worth_a_try(path)
    ]


def _is_worth_a_try(path: str) -> bool:
    """Say whether the caller may see a page, or may log in to see it."""
    caller = get_caller()
    return caller.via == "none" or is_public(path, public_metrics=False) or find_scope(path) in caller.scopes


@static_blueprint.app_template_global()
def current_caller() -> Caller:
    """Return who asked for the page."""
    return get_caller()
