"""What a replay takes from the run that it replays: measured times, and where the clock ended things."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from regression_model.errors import SearchError
from regression_model.search.continuing import drop_void
from regression_model.search.record_json import result_from_json
from regression_model.search.records import TrialResult


@dataclass(frozen=True)
class Guide:
    """What a replay can't compute again.

    Attributes
    ----------
    results : mapping of int to TrialResult
        Of all trials that were done, by number.
    stop : str
        Why no more were done; see `regression_model.search.running_trials.Stop`.
    max_fit_time_s : float or None
        What the clock left for fitting an ensemble.
    planned_s : float or None
        The time limit with which the run began.
    holdout : tuple of int
        Rows that were measured on the holdout besides the winner.
    untrained : mapping of int to str
        Rows that could not be trained at the end, with how it ended: a status of `Outcome`.
    """

    results: Mapping[int, TrialResult]
    stop: str
    max_fit_time_s: float | None
    planned_s: float | None
    holdout: tuple[int, ...]
    untrained: Mapping[int, str]

    @classmethod
    def from_journal(cls, lines: Sequence[dict[str, Any]], run: Path) -> Guide:
        """Read it from the journal of the run in this folder.

        Raises
        ------
        SearchError
            If the run has not come to its end.
        """
        by_kind: dict[str, list[Mapping[str, Any]]] = {}
        for line in drop_void(list(lines)):
            by_kind.setdefault(line["kind"], []).append(line)
        for kind in ("stop", "choices", "model"):
            if kind not in by_kind:
                raise SearchError(
                    f"run {run} has not come to its end, so that it can't be replayed; go on with it: "
                    f"'regression-model search --resume {run}'"
                )
        results = [result_from_json(line["result"]) for line in by_kind["trial"]]
        return cls(
            {result.candidate.number: result for result in results},
            by_kind["stop"][-1]["reason"],
            by_kind["choices"][-1]["max_fit_time_s"],
            by_kind["begin"][0]["planned_s"],
            tuple(line["number"] for line in by_kind.get("holdout", [])),
            {line["number"]: line["status"] for line in by_kind.get("untrained", [])},
        )
