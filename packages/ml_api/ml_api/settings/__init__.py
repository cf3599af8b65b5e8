"""Settings: frozen, checked once, read from the environment in one function."""

from __future__ import annotations

from ml_api.settings.classes import (
    DevelopmentSettings,
    ProductionSettings,
    Settings,
    TestingSettings,
)
from ml_api.settings.environment import read_settings
from ml_api.settings.table import describe_settings

__all__ = [
    "DevelopmentSettings",
    "ProductionSettings",
    "Settings",
    "TestingSettings",
    "describe_settings",
    "read_settings",
]
