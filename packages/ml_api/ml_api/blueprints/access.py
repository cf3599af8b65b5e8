"""Who may use which route. A route that is not named here asks for the scope ``admin``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

PUBLIC = frozenset({"/health", "/ready", "/version", "/login", "/openapi.json", "/docs"})
PUBLIC_FOLDERS = ("/static/",)
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


@dataclass(frozen=True)
class Door:
    """What a route asks of those who come.

    Attributes
    ----------
    is_open : bool
        Whether it needs no key.
    scope : str
        What a key has to allow where one is needed; empty if each live key may use the route.
    has_sessions : bool
        Whether a session is looked at.
    """

    is_open: bool
    scope: str
    has_sessions: bool


@cache  # routes are few, and requests are many
def find_door(rule: str, *, public_metrics: bool) -> Door:
    """Return what a route asks for; the parameters are those of `is_public`."""
    return Door(
        is_open=is_public(rule, public_metrics=public_metrics),
        scope=find_scope(rule),
        has_sessions=may_use_session(rule),
    )


def may_use_session(path: str) -> bool:
    """Say whether a session can be of use under a path, or on a route: where a key is needed, and to log in.

    A path that a client sent may be asked about: what it gains by a strange spelling is no session.
    """
    return path == LOGIN or not is_public(path, public_metrics=False)


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
