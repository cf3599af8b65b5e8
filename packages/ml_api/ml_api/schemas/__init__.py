"""What goes over the wire: strict JSON documents, envelopes and answers."""

from __future__ import annotations

from ml_api.schemas.answers import ErrorAnswer, PredictionAnswer, VersionAnswer
from ml_api.schemas.envelopes import read_rows
from ml_api.schemas.strict_json import parse_document

__all__ = ["ErrorAnswer", "PredictionAnswer", "VersionAnswer", "parse_document", "read_rows"]
