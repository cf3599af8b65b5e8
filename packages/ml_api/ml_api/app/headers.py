"""The headers by which browsers keep pages apart, and the check of the host that a request names."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flask import Flask, Response, request

from ml_api.settings import ProductionSettings, Settings

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
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
)
TRANSPORT_SECURITY = "max-age=31536000"

ALLOWED_REQUEST_HEADERS = "Authorization, Content-Type, X-Request-ID"
EXPOSED_HEADERS = "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, X-Request-ID"
PREFLIGHT_LIFETIME_S = 600


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
    # Flask itself refuses other hosts, with 400, before a route is chosen.
    app.config["TRUSTED_HOSTS"] = list(settings.allowed_hosts) or None
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

    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers[name] = value
        if strict_transport:
            response.headers["Strict-Transport-Security"] = TRANSPORT_SECURITY
        if "Cache-Control" not in response.headers:  # static files have their own
            response.headers["Cache-Control"] = "no-store"
        if origins:
            response.vary.add("Origin")
            _allow_origin(response, origins)
        return response

    app.before_request(answer_preflight)
    app.after_request(add_headers)


def _allow_origin(response: Response, origins: frozenset[str]) -> None:
    """Let the page that asked read the answer, if its origin is allowed; never with cookies."""
    origin = request.headers.get("Origin")
    if origin in origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
