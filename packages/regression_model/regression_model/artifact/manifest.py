"""The manifest: the JSON document that says how an artifact came to be, and what its bytes are.

Its bytes are canonical: the same content has one way of being written. So its digest covers the file as well as the
content, and a changed byte anywhere is noticed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from regression_model.errors import ArtifactIntegrityError
from regression_model.schema import Schema

FORMAT = 1
"""Version of the manifest's layout."""

SUFFIX = ".manifest.json"
_DIGEST_KEY = "sha256"


@dataclass(frozen=True)
class Manifest:
    """What is known of an artifact.

    Attributes
    ----------
    content : mapping
        The whole document, plain JSON; see ``build_facts`` in `regression_model.train_pipeline`.
    """

    content: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical document without this entry; it names the model, since all else hangs on it."""
        return str(self.content[_DIGEST_KEY])

    @property
    def pipeline_name(self) -> str:
        """Name of the pipeline, which begins the files' names."""
        return str(self.content["pipeline_name"])

    @property
    def model_version(self) -> str:
        """Version of the model."""
        return str(self.content["model_version"])

    @property
    def task(self) -> str:
        """``regression`` or ``classification``."""
        return str(self.content["task"])

    @property
    def schema(self) -> Schema:
        """What the model reads."""
        return Schema.from_json(self.content["schema"])

    @property
    def file_name(self) -> str:
        """Name of the manifest's file."""
        return f"{self.pipeline_name}_output_v{self.model_version}{SUFFIX}"

    def to_bytes(self) -> bytes:
        """Write the canonical form: UTF-8, sorted keys, indented by one, a newline at the end."""
        return _canonical(self.content)

    @classmethod
    def seal(cls, content: Mapping[str, Any]) -> Manifest:
        """Add the digest to a document that lacks it.

        Raises
        ------
        ValueError
            If a number in it is not finite.
        """
        body = {key: value for key, value in content.items() if key != _DIGEST_KEY}
        return cls({**body, _DIGEST_KEY: hashlib.sha256(_canonical(body)).hexdigest()})

    @classmethod
    def from_file(cls, path: Path) -> Manifest:
        """Read a manifest and check that it is what was written.

        Raises
        ------
        ArtifactIntegrityError
            If it is no manifest, is of another layout, or a byte of it was changed.
        """
        return cls.from_bytes(path.read_bytes(), path.name)

    @classmethod
    def from_bytes(cls, data: bytes, name: str) -> Manifest:
        """Read the bytes of a manifest as `from_file` does; `name` is that of the file, for messages."""
        try:
            content = json.loads(data)
            sealed = cls.seal(content)
        except (ValueError, RecursionError, AttributeError):
            raise ArtifactIntegrityError(f"{name} is no manifest; {_REMEDY}") from None
        if content.get("format") != FORMAT:
            raise ArtifactIntegrityError(
                f"{name} has layout {content.get('format')!r}, this package reads {FORMAT}; {_REMEDY}"
            )
        if sealed.content != content or sealed.to_bytes() != data:
            raise ArtifactIntegrityError(
                f"{name} was changed after it was saved: its content has the digest {sealed.digest}, it says "
                f"{content.get(_DIGEST_KEY)}; {_REMEDY}"
            )
        return sealed


_REMEDY = "train the model again or fetch the artifact again"


def _canonical(content: Mapping[str, Any]) -> bytes:
    text = json.dumps(content, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)
    return text.encode() + b"\n"
