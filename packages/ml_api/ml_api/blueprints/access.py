"""Who may use which route. A route that is not named here asks for the scope ``admin``."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PUBLIC = frozenset({"/health", "/ready", "/version", "/login", "/openapi.json", "/docs", "/docs/"})
PUBLIC_FOLDERS = ("/static/", "/docs/")
METRICS = "/metrics"  # public by setting
LOGIN = "/login"
LOGOUT = "/logout"

# Rules as they stand in the URL map. Any live key will do where the scope is empty.
SCOPES: Mapping[str, str] = MappingProxyType(
    {
        "/": "predict",
        "/v1/predict": "predict",
        "/v1/regression-model/predict": "predict",
        "/v1/feedback": "predict",
        LOGOUT: "",
        "/insights": "admin",
        METRICS: "admin",
    }
)
DEFAULT_SCOPE = "admin"


def is_public(rule: str, *, public_metrics: bool) -> bool:
    """Say whether a route needs no key.

    Parameters
    ----------
    rule : str
        Of the URL map, such as ``/static/<path:name>``; never a path that a client sent.
    public_metrics : bool
        Whether ``/metrics`` is public.
    """
    return rule in PUBLIC or rule.startswith(PUBLIC_FOLDERS) or (public_metrics and rule == METRICS)


def find_scope(rule: str) -> str:
    """Return the scope that a key needs for a route that is not public; empty if each live key may use it."""
    return SCOPES.get(rule, DEFAULT_SCOPE)
