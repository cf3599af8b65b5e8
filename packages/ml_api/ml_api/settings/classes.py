"""The settings, one class per environment that the API runs in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

from ml_api.settings.kinds import Choice, FilePath, HostAddress, Kind, WholeNumber


def _setting(default: object, kind: Kind, meaning: str) -> Any:  # noqa: ANN401 - as dataclasses.field does
    """Declare a setting: its default, its kind and, for the README, its meaning."""
    return field(default=default, metadata={"kind": kind, "meaning": meaning})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an operator can set. Each field is set by the variable ``ML_API_<FIELD>``.

    Use one of the subclasses, which differ in their defaults only, or `read_settings`.

    Examples
    --------
    >>> TestingSettings(max_rows=2).max_rows
    2
    """

    environment: ClassVar[str]

    host: str = _setting("127.0.0.1", HostAddress(), "Address to listen on; `0.0.0.0` in a container.")
    port: int = _setting(
        8000,
        WholeNumber(1, 65_535),
        "Port to listen on. When it is unset, `PORT`, which platforms inject, counts.",
    )
    workers: int = _setting(2, WholeNumber(1, 256), "Processes, each with its own copy of the model.")
    timeout_s: int = _setting(30, WholeNumber(1, 3_600), "Seconds after which a silent worker is replaced.")
    graceful_timeout_s: int = _setting(
        30, WholeNumber(1, 3_600), "Seconds that requests in flight have to finish when the server stops."
    )
    artifact: Path | None = _setting(  # noqa: RUF009 - a dataclass field, declared through a function
        None,
        FilePath(),
        "Manifest of a saved model, or a folder with one; unset: the model in `regression-model`.",
    )
    max_body_bytes: int = _setting(
        10_000_000, WholeNumber(1_000, 1_000_000_000), "Largest body, in bytes, also of a chunked request."
    )
    max_rows: int = _setting(5_000, WholeNumber(1, 1_000_000), "Most rows in one request.")
    max_nesting: int = _setting(16, WholeNumber(3, 256), "Deepest nesting of a JSON body.")
    log_level: str = _setting(
        "INFO",
        Choice(("DEBUG", "INFO", "WARNING", "ERROR")),
        "Least severe log lines that are written. Inputs and outputs are `INFO`, health checks `DEBUG`.",
    )

    @property
    def bind(self) -> str:
        """Host and port as gunicorn wants them, with IPv6 addresses in brackets.

        Examples
        --------
        >>> TestingSettings(host="::1", port=8000).bind
        '[::1]:8000'
        """
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, kw_only=True)
class ProductionSettings(Settings):
    """For real clients."""

    environment = "production"


@dataclass(frozen=True, kw_only=True)
class DevelopmentSettings(Settings):
    """For the machine of somebody who works on the API or with it: one process that says more."""

    environment = "development"

    workers: int = 1
    log_level: str = "DEBUG"


@dataclass(frozen=True, kw_only=True)
class TestingSettings(Settings):
    """For tests: limits so low that a small body reaches them."""

    environment = "testing"
    __test__: ClassVar[bool] = False  # the name looks like a test case to pytest

    workers: int = 1
    max_body_bytes: int = 200_000
    max_rows: int = 50
    log_level: str = "DEBUG"


ENVIRONMENTS: Mapping[str, type[Settings]] = MappingProxyType(
    {kind.environment: kind for kind in (ProductionSettings, DevelopmentSettings, TestingSettings)}
)
DEFAULT_ENVIRONMENT = ProductionSettings.environment


@dataclass(frozen=True)
class Declaration:
    """How one setting was declared.

    Attributes
    ----------
    name : str
        Name of the field.
    variable : str
        Name of the environment variable.
    kind : Kind
        Reads the variable.
    meaning : str
        For people, in Markdown.
    """

    name: str
    variable: str
    kind: Kind
    meaning: str


def declared_settings() -> tuple[Declaration, ...]:
    """Return all settings in the order of their declaration."""
    return tuple(
        Declaration(
            name=item.name,
            variable=f"ML_API_{item.name.upper()}",
            kind=item.metadata["kind"],
            meaning=item.metadata["meaning"],
        )
        for item in fields(Settings)
    )
