"""What a route may ask for: the parts that `create_app` has put into the application, with their types."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Any, Literal

from flask import current_app, g, request

from ml_api.services import KeyGuard, Metrics, ModelService, PredictionLog, RequestFacts
from ml_api.settings import Settings

EXTENSION = "ml_api"
DOCUMENT = "ml_api_openapi"
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


def get_parts() -> Parts:
    """Return the parts of the application that answers."""
    parts: Parts = current_app.extensions[EXTENSION]
    return parts


def get_document() -> dict[str, Any]:
    """Return the OpenAPI document of the application that answers."""
    document: dict[str, Any] = current_app.extensions[DOCUMENT]
    return document


def get_request_id() -> str:
    """Return the id of the request that is answered, also if it failed before its first hook."""
    request_id: str | None = g.get("request_id")
    if request_id is None:
        g.request_id = request_id = choose_request_id(request.headers.get(REQUEST_ID_HEADER))
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
    return secrets.token_hex(16)


def get_request_facts() -> RequestFacts:
    """Return what the logs have to know of the request that is answered; each call makes a new prediction id."""
    return RequestFacts(
        request_id=get_request_id(),
        key_id=get_caller().key_id,
        started_s=g.started_s,
        log=get_parts().prediction_log,
    )


def get_caller() -> Caller:
    """Return who sent the request that is answered."""
    caller: Caller = g.get("caller", UNKNOWN_CALLER)
    return caller
