"""The headers by which browsers keep pages apart, and the check of the host that a request names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest

from ml_api.blueprints.context import ADDED_HEADERS, get_request
from ml_api.services import is_for_loopback_only
from ml_api.settings import ProductionSettings, Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# No inline script, no inline style, nothing from elsewhere; `data:` is for the icons inside style sheets.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)

HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        # Not "no-referrer", with which browsers leave out of a form's request that it is one of ours.
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
)
TRANSPORT_SECURITY = ("Strict-Transport-Security", "max-age=31536000")
NO_STORE = ("Cache-Control", "no-store")
COMMON_HEADERS = (*HEADERS.items(), TRANSPORT_SECURITY, NO_STORE, ("Content-Type", "application/json"))
"""What the server need not check at each answer."""

ALLOWED_REQUEST_HEADERS = "Authorization, Content-Type, X-Request-ID"
EXPOSED_HEADERS = "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, X-Request-ID"
PREFLIGHT_LIFETIME_S = 600

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")


def register_header_hooks(app: Flask, settings: Settings) -> None:
    """Have all answers of an application carry the headers, and all requests name a host that is allowed.

    To be called before the hooks that ask for a key: browsers send none with the question whether they may ask.

    Parameters
    ----------
    app : Flask
        The application.
    settings : Settings
        Of these ``allowed_hosts`` and ``cors_origins``; in production, answers also bind browsers to HTTPS.
    """
    hosts = settings.allowed_hosts
    if not hosts and is_for_loopback_only(settings):
        # A page elsewhere can have its own name stand for this machine, and would then be of our origin.
        hosts = (*LOOPBACK_HOSTS, settings.host)
    if hosts:
        app.before_request(_build_host_check(hosts))
    strict_transport = isinstance(settings, ProductionSettings)
    origins = frozenset(settings.cors_origins)

    def answer_preflight() -> Response | None:
        asked = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        if not asked or request.url_rule is None or request.headers.get("Origin") not in origins:
            return None
        response = Response(status=204)
        response.headers["Access-Control-Allow-Methods"] = ", ".join(sorted(request.url_rule.methods or ()))
        response.headers["Access-Control-Allow-Headers"] = ALLOWED_REQUEST_HEADERS
        response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_LIFETIME_S)
        return response

    def allow_origin(response: Response) -> Response:
        response.vary.add("Origin")
        _allow_origin(response, origins)
        return response

    if origins:
        app.before_request(answer_preflight)
        app.after_request(allow_origin)
    app.wsgi_app = _HeaderWriter(app.wsgi_app, strict_transport=strict_transport)  # type: ignore[method-assign]


class _HeaderWriter:
    """An application whose answers have the headers that all of them have, and those of `add_header`.

    Added to the finished answer at once: one by one, with all the checks that unknown values need, they would cost as
    much as the rest of it.
    """

    def __init__(self, inner: WSGIApplication, *, strict_transport: bool) -> None:
        self._inner = inner
        self._always = list(HEADERS.items())
        if strict_transport:
            self._always.append(TRANSPORT_SECURITY)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        added: dict[str, str] = {}
        environ[ADDED_HEADERS] = added

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:  # noqa: ANN401 - as WSGI has it
            headers = [*headers, *self._always, *added.items()]
            if not any(name == "Cache-Control" for name, _ in headers):  # static files have their own
                headers.append(NO_STORE)
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        return self._inner(environ, start)


def _build_host_check(hosts: Sequence[str]) -> Callable[[], None]:
    exact = frozenset(host for host in hosts if not host.startswith("."))
    endings = tuple(host for host in hosts if host.startswith("."))

    @lru_cache(maxsize=256)
    def is_allowed(host: str) -> bool:
        name, _, port = host.lower().rpartition(":")
        if not name or port.endswith("]"):  # there is no port, but perhaps an IPv6 address
            name = host.lower()
        return name in exact or name.endswith(endings) or f".{name}" in endings

    def check_host() -> None:
        # Empty, and hence refused, if it is written in a way that no host can be.
        if not is_allowed(get_request().host):
            raise BadRequest("The host that the request names is not one of this API's.")

    return check_host


def _allow_origin(response: Response, origins: frozenset[str]) -> None:
    """Let the page that asked read the answer, if its origin is allowed; never with cookies."""
    origin = request.headers.get("Origin")
    if origin in origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
