"""Tells what our own pages ask for from what another site makes a browser ask for."""

from __future__ import annotations

from collections.abc import Set

from flask import request
from flask_wtf.csrf import ValidationError, validate_csrf

from ml_api.blueprints.pages import FORM
from ml_api.errors import CsrfError

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
TOKEN_HEADER = "X-CSRFToken"  # noqa: S105 - a name
TOKEN_FIELD = "csrf_token"  # noqa: S105


def check_token() -> None:
    """Check that a request which may change something has the token of its session.

    The header comes first, and a body is read only if it is a form: all other bodies are for the routes, which read
    them within limits of their own.

    Raises
    ------
    CsrfError
        If it has none, or another.
    """
    if request.method in SAFE_METHODS:
        return
    token = request.headers.get(TOKEN_HEADER)
    if token is None and request.mimetype == FORM:
        token = request.form.get(TOKEN_FIELD)
    try:
        validate_csrf(token)
    except ValidationError as error:
        raise CsrfError(
            f"{error} Reload the page; programs send the token in the header {TOKEN_HEADER}, or a key."
        ) from None


def check_origin(allowed: Set[str]) -> None:
    """Check that a request which may change something is not the doing of another site.

    For where there are no sessions, since everybody may do everything: there, the address of the browser's machine is
    what another site would make use of. Browsers say where a request comes from, and programs say nothing.

    Parameters
    ----------
    allowed : set of str
        Origins other than our own that may ask.

    Raises
    ------
    CsrfError
        If a page of another origin asks.
    """
    if request.method in SAFE_METHODS:
        return
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    if origin in allowed:
        return
    if site is not None:
        is_ours = site in ("same-origin", "none")
    else:  # an older browser, or plain HTTP
        is_ours = origin is None or origin.partition("://")[2] == request.host
    if not is_ours:
        raise CsrfError("A page of another site asks for this. ML_API_CORS_ORIGINS names those that may.")
