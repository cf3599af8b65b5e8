"""What goes over the wire: strict JSON documents, envelopes and answers."""

from __future__ import annotations

from ml_api.schemas.answers import ErrorAnswer, HealthAnswer, PredictionAnswer, ReadyAnswer, VersionAnswer
from ml_api.schemas.csv_table import read_csv_rows, write_csv_answer, write_csv_rows
from ml_api.schemas.envelopes import read_rows
from ml_api.schemas.feedback import FeedbackAnswer, read_feedback
from ml_api.schemas.flat_json import UNREAD, find_source, read_flat
from ml_api.schemas.json_answer import write_json_answer
from ml_api.schemas.json_lines import StreamLimits, parse_lines, read_line_chunks
from ml_api.schemas.queries import PredictionQuery, read_query
from ml_api.schemas.row_limits import RowLimits
from ml_api.schemas.row_schema import describe_row
from ml_api.schemas.strict_json import parse_document

__all__ = [
    "UNREAD",
    "ErrorAnswer",
    "FeedbackAnswer",
    "HealthAnswer",
    "PredictionAnswer",
    "PredictionQuery",
    "ReadyAnswer",
    "RowLimits",
    "StreamLimits",
    "VersionAnswer",
    "describe_row",
    "find_source",
    "parse_document",
    "parse_lines",
    "read_csv_rows",
    "read_feedback",
    "read_flat",
    "read_line_chunks",
    "read_query",
    "read_rows",
    "write_csv_answer",
    "write_csv_rows",
    "write_json_answer",
]
