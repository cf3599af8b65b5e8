"""Guardrails: what a search looks for in a table before it learns from it, what it found, and what it does about it.

None of them reads the target of the held-out rows.
"""

from __future__ import annotations

from regression_model.search.guardrails.checking import check_guardrails
from regression_model.search.guardrails.records import Guardrail, columns_left_out

__all__ = ["Guardrail", "check_guardrails", "columns_left_out"]
