"""Reads from a manifest what is needed to train its model again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from regression_model.config import Config
from regression_model.config.messages import describe_first
from regression_model.errors import ArtifactIntegrityError, ConfigError, DataNotFoundError
from regression_model.processing.datasets.reading import TABLE_SUFFIXES, find_table_suffix
from regression_model.train_pipeline import restore_config
from regression_model.train_pipeline.surroundings import describe_commit, digest_lock
from regression_model.verification.data_search import WantedTable

_DIGEST = re.compile(r"[0-9a-f]{64}")
_PLACEHOLDER = "config.yml"
"""No such file is read: its name only says where relative paths begin, and which repository is asked for the commit."""


@dataclass(frozen=True)
class Recipe:
    """How a model was made, as far as it can be repeated.

    Attributes
    ----------
    config : Config
        As it was resolved then; so a cross-validation that was left out is left out again.
    table : WantedTable
    """

    config: Config
    table: WantedTable


def read_recipe(content: Mapping[str, Any], *, spare: Path, config_file: Path | None = None) -> Recipe:
    """Read the configuration and the digest of the table.

    Parameters
    ----------
    content : mapping
        Of a manifest.
    spare : Path
        A folder in no repository, for a model that was trained in none.
    config_file : Path, optional
        The configuration file that the model was trained with: relative paths (reference tables, ``data.path``) begin
        at its folder. By default at the working folder.

    Returns
    -------
    Recipe

    Raises
    ------
    ArtifactIntegrityError
        If the manifest lacks them.
    ConfigError
        If this release can't use the configuration, or there is no such file.
    DataNotFoundError
        If a reference table is not where the configuration says.
    """
    table = read_wanted_table(content)
    if config_file is not None and not config_file.is_file():
        raise ConfigError("there is no such file", file=str(config_file))
    file = config_file or _choose_folder(_read_config(content, None), content, spare) / _PLACEHOLDER
    config = _read_config(content, file)
    _check_reference_tables(config)
    return Recipe(config, table)


def read_wanted_table(content: Mapping[str, Any]) -> WantedTable:
    """Read which table a model was trained on; see `read_recipe`."""
    data = content.get("data")
    if not isinstance(data, dict):
        data = {}
    digest = data.get("sha256")
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest) or not isinstance(content.get("config"), dict):
        raise ArtifactIntegrityError("the manifest does not say what it was trained on, and how; it can't be rebuilt")
    return WantedTable(digest, bool(data.get("synthetic")))


def _read_config(content: Mapping[str, Any], file: Path | None) -> Config:
    try:
        return restore_config(content, file=file)
    except ConfigError as error:
        raise _refusal(error.message, error.key) from None
    except ValidationError as error:
        message, path = describe_first(error, content["config"])
        raise _refusal(message, ".".join(path)) from None
    except (KeyError, TypeError, AttributeError):  # of the order of its keys
        raise ArtifactIntegrityError("the manifest's config_order does not fit its config; train again") from None


def _refusal(message: str, key: str | None) -> ConfigError:
    return ConfigError(
        f"this release can't use the configuration in the manifest: {message}. Verify with the release that trained it",
        key=key,
    )


def _choose_folder(config: Config, content: Mapping[str, Any], spare: Path) -> Path:
    """Choose the folder whose commit and lock file are those recorded: here, the package's own, or one without any.

    A configuration with relative paths can only lie where they begin.
    """
    here = Path.cwd()
    if _relative_paths(config):
        return here

    def agree(folder: Path) -> tuple[bool, bool, bool]:
        found, recorded = describe_commit(folder), content.get("git")
        commits = [git.get("commit") if isinstance(git, dict) else None for git in (found, recorded)]
        return commits[0] == commits[1], found == recorded, digest_lock(folder) == content.get("lock_sha256")

    return max((here, Path(str(files("regression_model"))), spare), key=agree)  # the first of the best


def _relative_paths(config: Config) -> list[Path]:
    paths = [entry.path for entry in config.data.reference_tables.values()]
    if config.data.path is not None:
        paths.append(config.data.path)
    return [path for path in paths if not path.is_absolute()]


def _check_reference_tables(config: Config) -> None:
    """Say what to do if one is not there, before anything is trained; their digests are checked by the training.

    What is no table by its name is not even opened: a stranger's path may name any file, such as /proc/kcore.
    """
    for name, entry in config.data.reference_tables.items():
        path = config.resolve(entry.path)
        if find_table_suffix(path.name) is None:
            raise ConfigError(
                f"the model was trained with the reference table {name!r}, which is said to be {path}: by its name "
                f"that is no table (expected {', '.join(TABLE_SUFFIXES[:3])}, ...); do not trust this manifest",
                key=f"data.reference_tables.{name}.path",
            )
        if not path.is_file():
            raise DataNotFoundError(
                f"the model was trained with the reference table {name!r}, which is not there: {path}. Name the "
                "configuration file that it was trained with (--config), or run this in the folder of that file"
            )
