"""Lets people in browsers use their key: once, for a session."""

from __future__ import annotations

import re

from flask import Blueprint, Request, Response, g, make_response, redirect, render_template, request

from ml_api.blueprints.access import LOGIN, LOGOUT
from ml_api.blueprints.context import get_caller, get_parts
from ml_api.blueprints.sessions import begin_session, end_session
from ml_api.errors import ApiError, TooManyRequestsError, UnauthorizedError

login_blueprint = Blueprint("login", __name__)

# A path on this server: what a browser could take for another one (`//host`, `/\host`, a tab between) is none.
_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]{0,2000}")


@login_blueprint.get(LOGIN)
def show_login() -> Response:
    """Show the form that asks for a key."""
    return render_login(next_path=request.args.get("next", "/"))


@login_blueprint.post(LOGIN)
def log_in() -> Response:
    """Begin a session if the key is live, and go on to the page that was asked for."""
    guard = get_parts().guard
    next_path = request.form.get("next", "/")
    if guard is not None:
        try:
            live = guard.check_token(request.form.get("key", "").strip(), address=request.remote_addr)
            g.count_login()
            begin_session(live)
        except (UnauthorizedError, TooManyRequestsError) as error:
            if not wants_page(request):
                raise
            status = 401 if isinstance(error, UnauthorizedError) else 429
            response = render_login(next_path=next_path, problem=error, status=status)
            if "retry_after_s" in error.details:
                response.headers["Retry-After"] = str(error.details["retry_after_s"])
            return response
    return _go_to(find_path(next_path))


@login_blueprint.post(LOGOUT)
def log_out() -> Response:
    """End the session."""
    guard = get_parts().guard
    if guard is not None:
        end_session(guard)
    return _go_to(LOGIN)


def render_login(*, next_path: str, problem: ApiError | None = None, status: int = 200) -> Response:
    """Render the form.

    Parameters
    ----------
    next_path : str
        Where to go on to, as it came.
    problem : ApiError, optional
        Why there is no session yet.
    status : int, optional
    """
    caller = get_caller()
    page = render_template("login.html", caller=caller, next_path=find_path(next_path), problem=problem)
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"  # the form's token is for one session
    return response


def wants_page(request: Request) -> bool:
    """Say whether the client would rather see a page than JSON: browsers do, when they go to an address."""
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"


def find_path(text: str) -> str:
    """Return a path on this server, the start page if the text is none: nobody is sent elsewhere from here.

    Examples
    --------
    >>> find_path("/insights?days=7"), find_path("//evil.example"), find_path("https://evil.example")
    ('/insights?days=7', '/', '/')
    """
    return text if _PATH.fullmatch(text) else "/"


def _go_to(path: str) -> Response:
    response = make_response(redirect(path, code=303))
    response.headers["Cache-Control"] = "no-store"
    return response
