"""The files that pages load: a fixed set, inside the package."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class StaticFile:
    """One file, in memory.

    Attributes
    ----------
    content : bytes
    media_type : str
    digest : str
        The first 16 hexadecimal digits of its SHA-256; changes with the content.
    """

    content: bytes
    media_type: str
    digest: str


@lru_cache(maxsize=1)
def load_static_files() -> Mapping[str, StaticFile]:
    """Read all files, by name.

    A name that a client asks for is looked up here and never becomes a path.
    """
    loaded = {}
    for entry in sorted(files("ml_api").joinpath("static").iterdir(), key=lambda entry: entry.name):
        media_type = _TYPES.get(f".{entry.name.rpartition('.')[2]}")
        if media_type is not None:
            content = entry.read_bytes()
            loaded[entry.name] = StaticFile(content, media_type, hashlib.sha256(content).hexdigest()[:16])
    return MappingProxyType(loaded)
