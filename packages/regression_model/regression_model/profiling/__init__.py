"""Profiles a table and drafts a configuration for it: what ``regression-model init`` does."""

from __future__ import annotations

from regression_model.profiling.choices import choose_model
from regression_model.profiling.config_text import Heading, make_name, write_config
from regression_model.profiling.profiles import ColumnProfile, TableProfile, TargetProfile
from regression_model.profiling.profiling import list_columns, profile_table

__all__ = [
    "ColumnProfile",
    "Heading",
    "TableProfile",
    "TargetProfile",
    "choose_model",
    "list_columns",
    "make_name",
    "profile_table",
    "write_config",
]
