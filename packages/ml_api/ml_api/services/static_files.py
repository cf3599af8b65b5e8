"""The files that pages load: a fixed set, from this package and from that of Swagger UI."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_SWAGGER_UI = ("swagger-ui.css", "swagger-ui-bundle.js")


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
    """Read all files, by name, once in a process.

    A name that a client asks for is looked up here and never becomes a path.
    """
    return MappingProxyType({entry.name: _load(entry) for entry in _find_entries()})


def _find_entries() -> Iterator[Traversable]:
    own = files("ml_api").joinpath("static").iterdir()
    yield from sorted((entry for entry in own if _find_type(entry) is not None), key=lambda entry: entry.name)
    for name in _SWAGGER_UI:
        yield files("flask_swagger_ui").joinpath("dist", name)


def _load(entry: Traversable) -> StaticFile:
    content, media_type = entry.read_bytes(), _find_type(entry)
    assert media_type is not None
    return StaticFile(content, media_type, hashlib.sha256(content).hexdigest()[:16])


def _find_type(entry: Traversable) -> str | None:
    return _TYPES.get(entry.name.rpartition(".")[2])
