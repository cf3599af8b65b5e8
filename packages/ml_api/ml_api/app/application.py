"""The application's own kind of Flask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask


class Application(Flask):
    """An application without coroutines.

    Flask looks at each view and hook, at each request, for whether it is one.
    """

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function as it is."""
        return func
