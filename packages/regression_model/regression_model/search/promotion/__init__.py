"""Writes the model that a search has found back into the configuration file."""

from __future__ import annotations

from regression_model.search.promotion.promoting import Promotion, promote_text, write_promotion
from regression_model.search.promotion.runs import promote_run

__all__ = ["Promotion", "promote_run", "promote_text", "write_promotion"]
