"""Asks each request for a key: whatever is not public by name is closed.

Three steps, each a hook that runs before the route: who is it, is there room for one more of theirs, may they do this.
A route that nobody thought of when it was added needs the scope ``admin``.
"""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

from flask import Flask, Response, current_app, g, request
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from ml_api.app.rates import register_rate_hooks
from ml_api.blueprints.access import LOGIN, METRICS, find_scope, is_public
from ml_api.blueprints.context import OPEN_CALLER, UNKNOWN_CALLER, Caller, get_caller, get_parts
from ml_api.blueprints.login import render_login, wants_page
from ml_api.blueprints.sessions import LIFETIME_S, find_session_caller
from ml_api.errors import CsrfError, ForbiddenError, UnauthorizedError
from ml_api.services import KeyGuard, is_for_loopback_only, is_loopback
from ml_api.settings import ProductionSettings, Settings

BEARER = re.compile(r"bearer +([!-~]+)", re.IGNORECASE)


def register_access_hooks(app: Flask, settings: Settings) -> None:
    """Have all requests of an application asked for what they need.

    To be called after the hooks that give a request its id and check its host, and before any that work for it.

    Parameters
    ----------
    app : Flask
        The application; its parts know the keys.
    settings : Settings
    """
    _trust_proxies(app, settings.trusted_proxies)
    _configure_cookies(app, settings)
    csrf = CSRFProtect(app)
    for_loopback_only = is_for_loopback_only(settings)

    def recognise() -> None:
        if for_loopback_only and not is_loopback(request.remote_addr):
            raise ForbiddenError("Development without keys answers this machine only.")
        g.caller = _find_caller(get_parts().guard, open_to_all=_is_open())

    def authorise() -> Response | None:
        caller = get_caller()
        rule = request.url_rule
        if rule is None:
            return None  # 404 or 405
        if not _is_open():
            if caller.via == "none":
                return _ask_for_key(rule.rule)
            scope = find_scope(rule.rule)
            if scope and scope not in caller.scopes:
                raise ForbiddenError(f"The key has no scope {scope!r}.", details={"scope": scope})
        if caller.via == "session" or (caller.via == "none" and rule.rule == LOGIN):
            _check_csrf(csrf)
        return None

    app.before_request(recognise)
    register_rate_hooks(app, settings, is_counted=lambda: not _is_open() and get_caller().via != "none")
    app.before_request(authorise)
    app.after_request(_name_scheme)


def _trust_proxies(app: Flask, n_proxies: int) -> None:
    """Take the client's address, and whether it speaks HTTPS, from what so many proxies say, counted from our end."""
    if n_proxies:
        # Not the host: a proxy that does not set it would hand on whatever the client says it is.
        wsgi_app = ProxyFix(app.wsgi_app, x_for=n_proxies, x_proto=n_proxies, x_host=0)
        app.wsgi_app = wsgi_app  # type: ignore[method-assign]  # as Flask's manual says


def _configure_cookies(app: Flask, settings: Settings) -> None:
    is_production = isinstance(settings, ProductionSettings)
    app.config.update(
        # Made up where none is set; production does not start so.
        SECRET_KEY=settings.secret_key or secrets.token_hex(32),
        # With this prefix, browsers take the cookie from us alone: from no sibling domain, and over HTTPS only.
        SESSION_COOKIE_NAME="__Host-ml_api_session" if is_production else "ml_api_session",
        SESSION_COOKIE_SECURE=is_production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_PATH="/",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(seconds=LIFETIME_S),
        WTF_CSRF_CHECK_DEFAULT=False,  # checked below, where there is a session
        WTF_CSRF_TIME_LIMIT=None,  # a token is good as long as its session
        WTF_CSRF_SSL_STRICT=False,  # our pages send no Referer
    )


def _is_open() -> bool:
    """Say whether nothing is asked for here: no such route, a public one, or what Flask itself answers to OPTIONS."""
    rule = request.url_rule
    if rule is None:
        return True
    if request.method == "OPTIONS" and getattr(rule, "provide_automatic_options", False):
        return True
    public_metrics = get_parts().settings.public_metrics
    return is_public(rule.rule, public_metrics=public_metrics)


def _find_caller(guard: KeyGuard | None, *, open_to_all: bool) -> Caller:
    """Find who it is. A key in a header goes before a session; on a public route, it is not even looked at."""
    if guard is None:
        return OPEN_CALLER
    header = request.headers.get("Authorization")
    if header is not None and not open_to_all:
        found = BEARER.fullmatch(header.strip())
        live = guard.check_token(found[1] if found else "", address=request.remote_addr)
        return Caller(key_id=live.key_id, scopes=live.scopes, via="key")
    if current_app.config["SESSION_COOKIE_NAME"] in request.cookies:
        return find_session_caller(guard) or UNKNOWN_CALLER
    return UNKNOWN_CALLER


def _ask_for_key(rule: str) -> Response:
    """Answer 401: to a browser that goes to a page with the form for the key, to all others with the error."""
    if request.method == "GET" and wants_page(request) and rule != METRICS:
        return render_login(next_path=request.full_path.removesuffix("?"), status=401)
    raise UnauthorizedError("This needs a key: send it in the header `Authorization: Bearer KEY`.")


def _check_csrf(csrf: CSRFProtect) -> None:
    try:
        csrf.protect()
    except CSRFError as error:
        raise CsrfError(
            f"{error.description} Reload the page; programs send the token in the header X-CSRFToken, or a key."
        ) from None


def _name_scheme(response: Response) -> Response:
    if response.status_code == 401:
        response.headers.setdefault("WWW-Authenticate", "Bearer")
    return response
