"""Comparison of two versions of a model: what they predict, and what they read."""

from regression_model.comparison.acknowledgement import Acknowledgement, find_acknowledgement
from regression_model.comparison.comparing import Comparison, NamedTable, compare_models
from regression_model.comparison.differences import Move, RowsCompared
from regression_model.comparison.schemas import SchemaChange

__all__ = [
    "Acknowledgement",
    "Comparison",
    "Move",
    "NamedTable",
    "RowsCompared",
    "SchemaChange",
    "compare_models",
    "find_acknowledgement",
]
