"""Candidates and results as the JSON of the journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from regression_model.search.records import Candidate, TrialResult

MEASURED = ("fit_time_s", "latency_ms")
"""Fields of a result that differ from run to run: measured times."""


def candidate_to_json(candidate: Candidate) -> dict[str, Any]:
    """Write a candidate."""
    return asdict(candidate)


def candidate_from_json(document: Mapping[str, Any]) -> Candidate:
    """Read what `candidate_to_json` wrote."""
    return Candidate(**document)


def result_to_json(result: TrialResult) -> dict[str, Any]:
    """Write a result."""
    document = asdict(result)
    document["interval"] = None if result.interval is None else list(result.interval)
    document["fold_scores"] = list(result.fold_scores)
    return document


def result_from_json(document: Mapping[str, Any]) -> TrialResult:
    """Read what `result_to_json` wrote."""
    found = dict(document)
    found["candidate"] = candidate_from_json(document["candidate"])
    found["interval"] = None if document["interval"] is None else tuple(document["interval"])
    found["fold_scores"] = tuple(document["fold_scores"])
    return TrialResult(**found)


def with_times_of(result: TrialResult, other: TrialResult) -> TrialResult:
    """Return a result with the measured times of another run's result of the same trial."""
    return replace(result, **{name: getattr(other, name) for name in MEASURED})
