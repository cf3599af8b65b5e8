"""Reads a manifest's config back as it was: a manifest sorts its keys, and the order of features is part of a model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

if TYPE_CHECKING:
    from pathlib import Path

    from regression_model.config import Config


def digest_config(resolved: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a config as a manifest records it, whatever the order of its keys."""
    canonical = json.dumps(resolved, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def list_key_orders(config: Config) -> dict[str, list[str]]:
    """Return the order of keys wherever the file chose it and it is not that of the alphabet.

    Returns
    -------
    dict of str to list of str
        By the dotted path of the section, such as ``features.number``.
    """
    return {path: keys for path, keys in _walk(config, "") if keys != sorted(keys)}


def _walk(node: object, path: str) -> Iterator[tuple[str, list[str]]]:
    if isinstance(node, BaseModel):
        children = [(name, getattr(node, name)) for name in type(node).model_fields]
    elif isinstance(node, Mapping):
        yield path, [str(key) for key in node]
        children = list(node.items())
    elif isinstance(node, (list, tuple)):
        children = [(str(index), child) for index, child in enumerate(node)]
    else:
        return
    for name, child in children:
        yield from _walk(child, f"{path}.{name}" if path else str(name))


def restore_config(content: Mapping[str, Any], *, file: Path | None = None) -> Config:
    """Rebuild the config that a manifest records.

    Parameters
    ----------
    content : mapping
        The manifest's content.
    file : Path, optional
        What relative paths in the config are relative to: a file in that folder.

    Returns
    -------
    Config
        Equal to the one that was trained with, its keys in the same order; but for secrets in the URL of its source,
        which no manifest has.

    Raises
    ------
    pydantic.ValidationError, ConfigError
        If this version of the package can't read it.
    """
    from regression_model.config import Config

    document = dict(content["config"])
    for path, order in content.get("config_order", {}).items():
        document = _reorder(document, path.split("."), order)
    return Config.model_validate(document, context={"file": file})


def _reorder(node: Any, path: list[str], order: list[str]) -> Any:  # noqa: ANN401 - any JSON
    if not path:
        return {key: node[key] for key in order}
    if isinstance(node, list):
        return [_reorder(child, path[1:], order) if str(n) == path[0] else child for n, child in enumerate(node)]
    return {name: _reorder(child, path[1:], order) if name == path[0] else child for name, child in node.items()}
