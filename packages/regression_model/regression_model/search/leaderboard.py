"""Ranks the trials of a search, and the ensembles that they can form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from regression_model.evaluation.metrics import get_metric
from regression_model.records.leaderboard import HoldoutScore, Leaderboard, Row, is_within
from regression_model.search.records import TrialResult


def build_leaderboard(
    results: Sequence[TrialResult],
    *,
    task: str,
    metric: str,
    winner: int | None = None,
    holdout: Mapping[int, HoldoutScore] | None = None,
    max_latency_ms: float | None = None,
) -> Leaderboard:
    """Rank trials and ensembles.

    Parameters
    ----------
    results : sequence of TrialResult
        Trials, and ensembles by `EnsembleChoice.to_result`.
    task : {"regression", "classification"}
    metric : str
    winner : int, optional
        Number of the row that is the search's answer. By default the best within the latency.
    holdout : mapping of int to HoldoutScore, optional
        By the number of the row.
    max_latency_ms : float, optional

    Returns
    -------
    Leaderboard
        Of equal scores the one that was tried first leads.
    """
    definition = get_metric(task, metric)
    sign = 1.0 if definition.direction == "minimize" else -1.0
    scored = [result for result in results if _is_scored(result)]
    scored.sort(key=lambda result: (sign * (result.score or 0.0), result.candidate.number))
    others = sorted((one for one in results if not _is_scored(one)), key=lambda one: one.candidate.number)
    if winner is None:
        winner = next((one.candidate.number for one in scored if is_within(one.latency_ms, max_latency_ms)), None)
    rows = [
        _build_row(result, rank, winner, (holdout or {}).get(result.candidate.number), max_latency_ms)
        for result, rank in [
            *((one, rank) for rank, one in enumerate(scored, start=1)),
            *((one, None) for one in others),
        ]
    ]
    return Leaderboard(task, definition.name, max_latency_ms, tuple(rows))


def _is_scored(result: TrialResult) -> bool:
    return result.status == "completed" and result.score is not None


def _build_row(
    result: TrialResult, rank: int | None, winner: int | None, holdout: HoldoutScore | None, limit: float | None
) -> Row:
    candidate, held = result.candidate, holdout or HoldoutScore(None)
    low, high = result.interval or (None, None)
    return Row(
        rank=rank,
        number=candidate.number,
        winner=rank is not None and candidate.number == winner,
        origin=candidate.origin,
        family=candidate.family,
        parameters=dict(candidate.parameters),
        status=result.status,
        score=result.score if rank is not None else None,
        low=low,
        high=high,
        holdout=held.value,
        holdout_low=held.low,
        holdout_high=held.high,
        fit_time_s=result.fit_time_s,
        latency_ms=result.latency_ms,
        compiled=result.compiled,
        size_bytes=result.size_bytes,
        within_latency=is_within(result.latency_ms, limit),
        reason=result.reason,
        changes=dict(candidate.changes),
        metrics=dict(result.metrics),
    )
