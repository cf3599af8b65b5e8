"""The files of the documentation page: Swagger UI from its package, and the two that start it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

_SWAGGER_UI = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")
_OWN = ("index.html", "start.js")
_TYPES = {"css": "text/css", "html": "text/html", "js": "text/javascript", "png": "image/png"}


@lru_cache(maxsize=1)
def load_docs_files() -> Mapping[str, tuple[bytes, str]]:
    """Read the files, by name: content and media type.

    A name that a client asks for is looked up here and never becomes a path.
    """
    folders = {
        **dict.fromkeys(_SWAGGER_UI, files("flask_swagger_ui") / "dist"),
        **dict.fromkeys(_OWN, files("ml_api") / "static" / "docs"),
    }
    return MappingProxyType(
        {name: ((folder / name).read_bytes(), _TYPES[name.rpartition(".")[2]]) for name, folder in folders.items()}
    )
