"""Proposals: what a search tries next, as a function of its seed, the trial's number and the results it was told."""

from __future__ import annotations

from regression_model.search.proposals.facts import describe_table
from regression_model.search.proposals.proposer import Proposer

__all__ = ["Proposer", "describe_table"]
