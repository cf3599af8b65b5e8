"""Asks each request for a key: whatever is not public by name is closed.

Three steps in one hook that runs before the route: who is it, is there room for one more of theirs, may they do this.
A route that nobody thought of when it was added needs the scope ``admin``.
"""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from functools import partial

from flask import Flask, Request, Response, current_app, request
from flask_wtf.csrf import generate_csrf
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import Rule

from ml_api.app.forgery import check_origin, check_token
from ml_api.app.page_sessions import PageSessions
from ml_api.app.rates import build_rate_check
from ml_api.blueprints.access import LOGIN, METRICS, Door, find_door
from ml_api.blueprints.context import EXTENSION, OPEN_CALLER, UNKNOWN_CALLER, Caller, Parts, get_notes, get_request
from ml_api.blueprints.login import render_login, wants_page
from ml_api.blueprints.sessions import LIFETIME_S, find_session_caller
from ml_api.errors import ForbiddenError, UnauthorizedError
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
    _configure_sessions(app, settings)
    parts: Parts = app.extensions[EXTENSION]
    guard = parts.guard
    for_loopback_only = is_for_loopback_only(settings)
    origins = frozenset(settings.cors_origins)
    count = build_rate_check(settings)
    # By address, and once the key is found to be good: who tries wrong ones shuts out nobody who shares the address.
    count_login = partial(count, UNKNOWN_CALLER)

    def admit() -> Response | None:
        request, notes = get_request(), get_notes()
        if for_loopback_only and not is_loopback(request.remote_addr):
            raise ForbiddenError("Without keys, this API answers its own machine only.")
        rule = request.url_rule
        notes.caller = caller = OPEN_CALLER if guard is None else UNKNOWN_CALLER
        if rule is None:
            return None  # 404 or 405
        door = find_door(rule.rule, public_metrics=settings.public_metrics)
        is_open = door.is_open or _is_question(request, rule)
        notes.count_login = count_login
        if guard is not None:
            notes.caller = caller = _find_caller(request, guard, door, is_open=is_open)
        if not is_open:
            if caller.via != "none":
                count(caller)
            answer = _authorise(caller, rule.rule, door)
            if answer is not None:
                return answer
        if caller.via == "session" or (caller.via == "none" and rule.rule == LOGIN):
            check_token()
        elif caller.via == "open":
            check_origin(origins)
        return None

    app.before_request(admit)
    app.after_request(_name_scheme)


def _trust_proxies(app: Flask, n_proxies: int) -> None:
    """Take the client's address, and whether it speaks HTTPS, from what so many proxies say, counted from our end."""
    if n_proxies:
        # Not the host: a proxy that does not set it would hand on whatever the client says it is.
        wsgi_app = ProxyFix(app.wsgi_app, x_for=n_proxies, x_proto=n_proxies, x_host=0)
        app.wsgi_app = wsgi_app  # type: ignore[method-assign]  # as Flask's manual says


def _configure_sessions(app: Flask, settings: Settings) -> None:
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
        WTF_CSRF_TIME_LIMIT=None,  # a token is good as long as its session
    )
    app.session_interface = PageSessions()
    app.jinja_env.globals["csrf_token"] = generate_csrf


def _is_question(request: Request, rule: Rule) -> bool:
    """Say whether this is what Flask itself answers: which methods a route has."""
    return request.method == "OPTIONS" and bool(getattr(rule, "provide_automatic_options", False))


def _find_caller(request: Request, guard: KeyGuard, door: Door, *, is_open: bool) -> Caller:
    """Find who it is. A key in a header goes before a session; on a public route, it is not even looked at."""
    header = None if is_open else request.environ.get("HTTP_AUTHORIZATION")
    if header is not None:
        found = BEARER.fullmatch(header.strip())
        live = guard.check_token(found[1] if found else "", address=request.remote_addr)
        return Caller(key_id=live.key_id, scopes=live.scopes, via="key")
    if door.has_sessions and current_app.config["SESSION_COOKIE_NAME"] in request.cookies:
        return find_session_caller(guard) or UNKNOWN_CALLER
    return UNKNOWN_CALLER


def _authorise(caller: Caller, rule: str, door: Door) -> Response | None:
    if caller.via == "none":
        return _ask_for_key(rule)
    if door.scope and door.scope not in caller.scopes:
        raise ForbiddenError(f"The key has no scope {door.scope!r}.", details={"scope": door.scope})
    return None


def _ask_for_key(rule: str) -> Response:
    """Answer 401: to a browser that goes to a page with the form for the key, to all others with the error."""
    if request.method == "GET" and wants_page(request) and rule != METRICS:
        return render_login(next_path=request.full_path.removesuffix("?"), status=401)
    raise UnauthorizedError("This needs a key: send it in the header `Authorization: Bearer KEY`.")


def _name_scheme(response: Response) -> Response:
    if response.status_code == 401:
        response.headers.setdefault("WWW-Authenticate", "Bearer")
    return response
