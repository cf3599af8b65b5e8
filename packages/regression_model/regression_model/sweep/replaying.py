"""What another policy would have done with a recorded sweep: what it would have saved, and what it would cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from regression_model.config.sweep import AnyPolicy
from regression_model.sweep.policies import Goal, Verdict, apply_policy
from regression_model.sweep.records import Run, find_best_run


@dataclass(frozen=True)
class ReplayedRun:
    """One recorded run under another policy.

    Attributes
    ----------
    number : int
    recorded : int
        Intervals that were recorded.
    used : int
        Intervals until the policy gives it up, or all that were recorded.
    verdict : Verdict or None
        Why it is given up; None if it is not.
    is_open : bool
        Whether it would have gone on beyond what was recorded, because the recorded policy gave it up earlier.
    """

    number: int
    recorded: int
    used: int
    verdict: Verdict | None
    is_open: bool


@dataclass(frozen=True)
class PolicyReplay:
    """A recorded sweep under another policy.

    Attributes
    ----------
    runs : tuple of ReplayedRun
    saved_intervals, recorded_intervals : int
    saved_time_s : float
        Of fitting, if each of a run's intervals takes as long as the others.
    recorded_best, best : Run or None
        The best run of the record, and that among the runs that the policy lets complete.
    cost : float or None
        By how much the best score is worse than that of the record, at least 0; None if there is none.
    """

    runs: tuple[ReplayedRun, ...]
    saved_intervals: int
    recorded_intervals: int
    saved_time_s: float
    recorded_best: Run | None
    best: Run | None
    cost: float | None

    @property
    def n_cancelled(self) -> int:
        """Runs that the policy gives up."""
        return sum(run.verdict is not None for run in self.runs)

    @property
    def n_open(self) -> int:
        """Runs of which the record ends before the policy would have decided."""
        return sum(run.is_open for run in self.runs)


def replay_policy(runs: Sequence[Run], policy: AnyPolicy | None, goal: Goal) -> PolicyReplay:
    """Apply a policy to recorded runs, batch by batch, as a sweep does.

    A run that is given up counts for later batches with what it had until then. What a policy does is only fully
    known of a sweep that was recorded without one: of a run that was given up the rest is unknown.

    Parameters
    ----------
    runs : sequence of Run
    policy : BanditConfig, MedianStoppingConfig, TruncationConfig or None
    goal : {"minimize", "maximize"}
    """
    ordered = sorted(runs, key=lambda run: run.number)
    seen: dict[int, tuple[float, ...]] = {}
    replayed: list[ReplayedRun] = []
    for run in ordered:
        earlier = [seen[other.number] for other in ordered if other.batch < run.batch]
        verdict = _find_end(run, policy, earlier, goal)
        used = len(run.values) if verdict is None else verdict.interval
        seen[run.number] = run.values[:used]
        is_open = verdict is None and run.status == "cancelled"
        replayed.append(ReplayedRun(run.number, len(run.values), used, verdict, is_open))
    given_up = {run.number for run in replayed if run.verdict is not None}
    recorded_best = find_best_run(tuple(ordered), goal)
    best = find_best_run(tuple(run for run in ordered if run.number not in given_up), goal)
    cost = None
    if recorded_best is not None and best is not None:
        cost = abs((best.score or 0.0) - (recorded_best.score or 0.0))
    saved_time_s = sum(
        (run.fit_time_s or 0.0) * (each.recorded - each.used) / each.recorded
        for run, each in zip(ordered, replayed, strict=True)
        if each.recorded
    )
    saved = sum(each.recorded - each.used for each in replayed)
    total = sum(each.recorded for each in replayed)
    return PolicyReplay(tuple(replayed), saved, total, saved_time_s, recorded_best, best, cost)


def _find_end(run: Run, policy: AnyPolicy | None, earlier: Sequence[tuple[float, ...]], goal: Goal) -> Verdict | None:
    for interval in range(1, len(run.values) + 1):
        verdict = apply_policy(policy, run.values[:interval], earlier, goal)
        if verdict is not None and verdict.cancel:
            return verdict
    return None
