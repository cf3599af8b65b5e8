"""What a route may ask for: the parts that `create_app` has put into the application, with their types."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from flask import Request, current_app, g, request

from ml_api.services import KeyGuard, Metrics, ModelService, PredictionLog, RequestFacts
from ml_api.services.ids import make_id
from ml_api.settings import Settings

EXTENSION = "ml_api"
DOCUMENT = "ml_api_openapi"
ADDED_HEADERS = "ml_api.headers"
"""Key of a request's environment: what `add_header` adds, by name."""
REQUEST_ID_HEADER = "X-Request-ID"
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")


@dataclass(frozen=True)
class Caller:
    """Who sent the request that is answered.

    Attributes
    ----------
    key_id : str or None
        Id of the key; None if no key was needed.
    scopes : frozenset of str
        What the caller may do: of ``predict``, ``train`` and ``admin``.
    via : str
        How the caller was recognised: ``key`` (a header), ``session`` (a cookie of ``/login``), ``open`` (this API
        asks for no keys) or ``none`` (a public route, and nobody that we know).
    """

    key_id: str | None
    scopes: frozenset[str]
    via: Literal["key", "session", "open", "none"]


OPEN_CALLER = Caller(key_id=None, scopes=frozenset({"predict", "train", "admin"}), via="open")
UNKNOWN_CALLER = Caller(key_id=None, scopes=frozenset(), via="none")


@dataclass(frozen=True)
class Parts:
    """The parts of one application.

    Attributes
    ----------
    settings : Settings
    model : ModelService
    metrics : Metrics
    prediction_log : PredictionLog
    guard : KeyGuard or None
        Knows the keys; None where none are needed.
    """

    settings: Settings
    model: ModelService
    metrics: Metrics
    prediction_log: PredictionLog
    guard: KeyGuard | None = None


def get_request() -> Request:
    """Return the request that is answered itself: Flask's ``request`` looks for it at each use."""
    found: Request = request._get_current_object()  # type: ignore[attr-defined]
    return found


def get_notes() -> Any:  # noqa: ANN401 - anything may be noted
    """Return what is noted of the request that is answered: Flask's ``g`` itself."""
    return g._get_current_object()


def get_parts() -> Parts:
    """Return the parts of the application that answers."""
    parts: Parts = current_app.extensions[EXTENSION]
    return parts


def add_header(environ: dict[str, Any], name: str, value: str) -> None:
    """Have the answer to a request carry a header, whatever the answer turns out to be.

    Parameters
    ----------
    environ : dict
        Of the request.
    name, value : str
        Set once: the last value counts.
    """
    environ.setdefault(ADDED_HEADERS, {})[name] = value


def get_document() -> bytes:
    """Return the OpenAPI document of the application that answers."""
    document: bytes = current_app.extensions[DOCUMENT]
    return document


def get_request_id() -> str:
    """Return the id of the request that is answered, also if it failed before its first hook."""
    notes = get_notes()
    request_id: str | None = notes.get("request_id")
    if request_id is None:
        notes.request_id = request_id = choose_request_id(get_request().environ.get("HTTP_X_REQUEST_ID"))
    return request_id


def choose_request_id(proposed: str | None) -> str:
    """Take the client's id if it can do no harm in logs and headers, or make one.

    Parameters
    ----------
    proposed : str or None
        What the client sent: kept if it is 1 to 128 letters, digits and ``. _ -``.

    Examples
    --------
    >>> choose_request_id("order-4711")
    'order-4711'
    >>> len(choose_request_id("two words"))
    32
    """
    if proposed is not None and _REQUEST_ID.fullmatch(proposed):
        return proposed
    return make_id()


def get_request_facts(source: bytes | None = None) -> RequestFacts:
    """Return what the logs have to know of the request that is answered; each call makes a new prediction id.

    Parameters
    ----------
    source : bytes, optional
        See `RequestFacts`.
    """
    notes = get_notes()
    return RequestFacts(
        request_id=notes.request_id,
        key_id=notes.get("caller", UNKNOWN_CALLER).key_id,
        started_s=notes.started_s,
        log=get_parts().prediction_log,
        source=source,
    )


def get_caller() -> Caller:
    """Return who sent the request that is answered."""
    caller: Caller = g.get("caller", UNKNOWN_CALLER)
    return caller
