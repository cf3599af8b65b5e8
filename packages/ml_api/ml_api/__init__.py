"""A thin HTTP API in front of the pinned `regression_model`.

Importing this package does nothing else: names are resolved when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ml_api.app import create_app
    from ml_api.settings import Settings, read_settings

    __version__: str

__all__ = ["Settings", "__version__", "create_app", "read_settings"]

_HOMES = {"Settings": "ml_api.settings", "create_app": "ml_api.app", "read_settings": "ml_api.settings"}


def __getattr__(name: str) -> object:
    """Resolve a public name on first use (PEP 562)."""
    if name == "__version__":
        from importlib.resources import files

        value: object = (files("ml_api") / "VERSION").read_text(encoding="ascii").strip()
    elif name in _HOMES:
        from importlib import import_module

        value = getattr(import_module(_HOMES[name]), name)
    else:
        raise AttributeError(f"module 'ml_api' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, resolved or not."""
    return sorted({*globals(), *__all__})
