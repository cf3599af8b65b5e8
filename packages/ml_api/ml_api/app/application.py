"""The application's own kind of Flask."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask import Flask, Request
from werkzeug.routing import MapAdapter


class Application(Flask):
    """An application without coroutines, whose routes are the same for all hosts.

    At each request Flask looks at each view and hook for whether it is a coroutine, and works out from the host which
    routes are meant.
    """

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function as it is."""
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Return what finds the route of a request."""
        if request is None:
            return super().create_url_adapter(request)
        return MapAdapter(
            self.url_map,
            _name_server(request.host),
            request.root_path,
            "",
            request.scheme,
            request.path,
            request.method,
            request.query_string.decode("latin-1"),
        )


@lru_cache(maxsize=256)
def _name_server(host: str) -> str:
    """Return a host as it is in an address that we name, or nothing if it can't be."""
    try:
        return host.lower().encode("idna").decode("ascii")
    except UnicodeError:
        return ""
