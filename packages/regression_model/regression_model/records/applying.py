"""Turns the changes of a trial, or of a run of a sweep, into the configuration that they describe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from regression_model.config import Config
from regression_model.config.messages import describe_first
from regression_model.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

SECTIONS = ("target", "preprocessing", "model")
"""What may change; of ``target`` only the transform."""


def apply_changes(config: Config, changes: Mapping[str, Any]) -> Config:
    """Put changed sections in the place of a configuration's own.

    Parameters
    ----------
    config : Config
    changes : mapping
        By the name of the section, as the file would say it: JSON that `Config` validates.

    Returns
    -------
    Config
        Validated; as `config` in all other sections. Like one that was read from a manifest, it has no sections
        ``search`` and ``sweep``.

    Raises
    ------
    ConfigError
        If the result is no valid configuration, or other sections are to be changed.
    """
    unknown = sorted(set(changes) - set(SECTIONS))
    if unknown:
        raise ConfigError(f"only {', '.join(SECTIONS)} may change, found {', '.join(unknown)}")
    document = config.model_dump(mode="json")
    for section in ("preprocessing", "model"):
        if section in changes:
            document[section] = changes[section]
    document["target"] = {**document["target"], **changes.get("target", {})}
    return read_config(document, config.file)


def read_config(document: Mapping[str, Any], file: Path | None = None) -> Config:
    """Validate a configuration that is no file.

    Parameters
    ----------
    document : mapping
        JSON, as `Config.model_dump` writes it.
    file : Path, optional
        What relative paths are relative to: a file in that folder.

    Raises
    ------
    ConfigError
        With the first thing that is wrong, and its key.
    """
    try:
        return Config.model_validate(dict(document), context={"file": file})
    except ValidationError as error:
        message, path = describe_first(error, document)
        raise ConfigError(message, key=".".join(path) or None) from error
