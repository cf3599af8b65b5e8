"""The settings as the README's table."""

from __future__ import annotations

from ml_api.settings.classes import (
    DEFAULT_ENVIRONMENT,
    ENVIRONMENTS,
    ProductionSettings,
    declared_settings,
)
from ml_api.settings.environment import ENVIRONMENT_KIND, ENVIRONMENT_VARIABLE


def describe_settings() -> str:
    """Return all settings as a Markdown table, one row per environment variable."""
    rows = [
        ("variable", "default", "allowed", "meaning"),
        ("---", "---", "---", "---"),
        (
            f"`{ENVIRONMENT_VARIABLE}`",
            f"`{DEFAULT_ENVIRONMENT}`",
            ENVIRONMENT_KIND.allowed,
            "Chooses the defaults below.",
        ),
    ]
    rows += [
        (f"`{item.variable}`", _describe_default(item.name), item.kind.allowed, item.meaning)
        for item in declared_settings()
    ]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in rows) + "\n"


def _describe_default(name: str) -> str:
    """Name the default, and those of the environments that differ from production."""
    default = getattr(ProductionSettings, name)
    others = {
        environment: value for environment, kind in ENVIRONMENTS.items() if (value := getattr(kind, name)) != default
    }
    return "; ".join([_quote(default), *(f"{environment}: {_quote(value)}" for environment, value in others.items())])


def _quote(value: object) -> str:
    if isinstance(value, bool):
        return f"`{int(value)}`"
    return "unset" if value in (None, ()) else f"`{value}`"
