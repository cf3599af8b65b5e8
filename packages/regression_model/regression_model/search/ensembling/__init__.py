"""Which of a search's models answer best together: `select_ensemble`."""

from __future__ import annotations

from regression_model.search.ensembling.records import EnsembleChoice, EnsembleSettings, Member
from regression_model.search.ensembling.selecting import select_ensemble

__all__ = ["EnsembleChoice", "EnsembleSettings", "Member", "select_ensemble"]
