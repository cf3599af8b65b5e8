"""The settings, one class per environment that the API runs in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

from ml_api.settings.kinds import (
    Choice,
    FeatureName,
    FilePath,
    HostAddress,
    HostName,
    Kind,
    ListOf,
    Origin,
    Rate,
    RedisUrl,
    SecretText,
    Switch,
    WholeNumber,
)


def _setting(default: object, kind: Kind, meaning: str, *, secret: bool = False) -> Any:  # noqa: ANN401 - as dataclasses.field does
    """Declare a setting: its default, its kind and, for the README, its meaning; a secret is never shown."""
    return field(default=default, repr=not secret, metadata={"kind": kind, "meaning": meaning, "secret": secret})


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
    request_timeout_s: int = _setting(
        120,
        WholeNumber(1, 3_600),
        "Seconds that a request may take, from the end of its headers to the end of its answer.",
    )
    keepalive_s: int = _setting(
        5,
        WholeNumber(1, 3_600),
        "Seconds that a connection may be idle, and that the headers of a request may take.",
    )
    max_requests: int = _setting(
        100_000,
        WholeNumber(0, 1_000_000_000),
        "Requests after which a worker is replaced, give or take a tenth; 0: never.",
    )
    allowed_hosts: tuple[str, ...] = _setting(
        (),
        ListOf(HostName()),
        "What requests may name as their `Host`, health checks too; unset: anything or, where only this machine is "
        "answered, its own names.",
    )
    cors_origins: tuple[str, ...] = _setting(
        (), ListOf(Origin()), "Origins whose pages may read answers; unset: none but our own."
    )
    artifact: Path | None = _setting(  # noqa: RUF009 - a dataclass field, declared through a function
        None,
        FilePath(),
        "Manifest of a saved model, or a folder with one; unset: the model in `regression-model`.",
    )
    trusted_keys_file: Path | None = _setting(  # noqa: RUF009 - as above
        None,
        FilePath(),
        "Public keys, in PEM: only a model that is signed with one of them is loaded. Unset: signatures are not looked "
        "at, and a model without a compiled form is refused.",
    )
    max_body_bytes: int = _setting(
        10_000_000, WholeNumber(1_000, 1_000_000_000), "Largest body, in bytes, also of a chunked request."
    )
    max_rows: int = _setting(5_000, WholeNumber(1, 1_000_000), "Most rows in one request.")
    max_nesting: int = _setting(16, WholeNumber(3, 256), "Deepest nesting of a JSON body.")
    max_columns: int = _setting(1_000, WholeNumber(1, 100_000), "Most columns in a row.")
    max_text_length: int = _setting(
        10_000, WholeNumber(1, 10_000_000), "Most characters in a text of a row, and in the name of a column."
    )
    max_form_parts: int = _setting(2_000, WholeNumber(1, 100_000), "Most fields in a form.")
    max_stream_rows: int = _setting(
        1_000_000, WholeNumber(1, 1_000_000_000), "Most rows in a stream, to which the limits of bodies do not apply."
    )
    max_line_bytes: int = _setting(1_000_000, WholeNumber(100, 100_000_000), "Longest line of a stream, in bytes.")
    max_explained_rows: int = _setting(
        100, WholeNumber(1, 100_000), "Most rows in one request that is to be explained."
    )
    max_measurements: int = _setting(
        250_000,
        WholeNumber(1, 100_000_000),
        "Most measurements of all series in one request, or in a line of a stream.",
    )
    prediction_timeout_s: int = _setting(
        60,
        WholeNumber(1, 3_600),
        "Seconds that a prediction may take, for a model that predicts in a process of its own.",
    )
    prediction_memory_mb: int = _setting(
        2_000, WholeNumber(100, 1_000_000), "Memory of such a process, in MB, libraries and the model included."
    )
    accept_gzip: bool = _setting(
        default=False,
        kind=Switch(),
        meaning="Whether bodies may be compressed with gzip; the limits then hold for what is unpacked.",
    )
    pages: bool = _setting(
        default=True, kind=Switch(), meaning="Whether there are the pages `/` and `/insights`; off, they are 404."
    )
    keys_file: Path | None = _setting(  # noqa: RUF009 - a dataclass field, declared through a function
        None,
        FilePath(),
        "The keys, made by `ml-api keys create`. Production does not start without; "
        "any other environment without is for loopback only.",
    )
    without_keys: bool = _setting(
        default=False, kind=Switch(), meaning="Whether everybody may do everything: no keys, in production too."
    )
    secret_key: str | None = _setting(
        None,
        SecretText(32),
        "Signs the cookies of sessions. Production does not start without; elsewhere each worker makes one up.",
        secret=True,
    )
    public_metrics: bool = _setting(
        default=False, kind=Switch(), meaning="Whether `/metrics` needs no key; otherwise it needs the scope `admin`."
    )
    rate_limit: str = _setting(
        "600 per minute", Rate(), "Most requests with one key or, where there are no keys, from one address."
    )
    rate_limit_storage: str | None = _setting(
        None,
        RedisUrl(),
        "Redis in which all workers count together. Unset: each counts in its memory, to its share of the rate.",
        secret=True,
    )
    trusted_proxies: int = _setting(
        0,
        WholeNumber(0, 10),
        "Proxies in front of us that append to `X-Forwarded-For`: so many are believed about the client's address.",
    )
    log_level: str = _setting(
        "INFO",
        Choice(("DEBUG", "INFO", "WARNING", "ERROR")),
        "Least severe log lines that are written. Inputs and outputs are `INFO`, health checks `DEBUG`.",
    )
    log_file: Path | None = _setting(  # noqa: RUF009 - as above
        None,
        FilePath(),
        "Where the log goes: `ml-api.log` stands for `ml-api-2026-11-21.log`, and so on, a file per day in UTC. "
        "Unset: the standard output.",
    )
    log_redact: tuple[str, ...] = _setting(
        (), ListOf(FeatureName()), "Features whose values are written to no log, nor to the prediction log."
    )
    prediction_log: Path | None = _setting(  # noqa: RUF009 - as above
        None, FilePath(), "Folder where predictions and their outcomes are kept; unset: they are not."
    )
    prediction_log_days: int = _setting(
        30, WholeNumber(1, 36_500), "Days after which files of the prediction log are removed."
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
    rate_limit: str = "off"
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
    secret : bool
        Whether a value is never to be shown.
    """

    name: str
    variable: str
    kind: Kind
    meaning: str
    secret: bool = False


def declared_settings() -> tuple[Declaration, ...]:
    """Return all settings in the order of their declaration."""
    return tuple(
        Declaration(
            name=item.name,
            variable=f"ML_API_{item.name.upper()}",
            kind=item.metadata["kind"],
            meaning=item.metadata["meaning"],
            secret=item.metadata["secret"],
        )
        for item in fields(Settings)
    )
