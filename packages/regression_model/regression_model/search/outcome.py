"""What a search has found, as far as it is written down for people: the leaderboard's files and the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from regression_model.records.leaderboard import HoldoutScore, Leaderboard
from regression_model.search.ensembling import EnsembleChoice
from regression_model.search.leaderboard import build_leaderboard
from regression_model.search.records import TrialResult

if TYPE_CHECKING:
    from regression_model.config import Config
    from regression_model.evaluation import Evaluation

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class SearchOutcome:
    """A search that has ended, or been ended.

    Attributes
    ----------
    config : Config
        The one that the search began with.
    run : str
        Name of the run, as people see it.
    metric : str
        What is to be best, by its name in the registry of metrics.
    results : sequence of TrialResult
        Trials, and ensembles by `EnsembleChoice.to_result`.
    target : array of shape (n_rows,)
        Actual values of the rows that trials are scored on.
    predictions : mapping of int to array
        Out-of-fold predictions by the number of the row, as `select_ensemble` takes them.
    classes : tuple, optional
        Labels in the order of the probabilities' columns; needed for a classification.
    choices : sequence of EnsembleChoice
        What `select_ensemble` answered.
    winner : int, optional
        Number of the row that is the search's answer; by default the best within the latency.
    holdout : mapping of int to HoldoutScore
        By the number of the row.
    evaluation : Evaluation, optional
        Of the winner, on the holdout.
    guardrails : sequence of mapping
        What was noticed of the table, each with ``name``, ``severity``, ``columns``, ``found`` and ``done``.
    facts : mapping of str to str
        What else people should know, by name: trials, time, workers, seed.
    truncated : bool
        Whether a clock has ended the search early.
    max_latency_ms : float, optional
    """

    config: Config
    run: str
    metric: str
    results: Sequence[TrialResult]
    target: npt.NDArray[Any]
    predictions: Mapping[int, FloatArray]
    classes: tuple[Any, ...] | None = None
    choices: Sequence[EnsembleChoice] = ()
    winner: int | None = None
    holdout: Mapping[int, HoldoutScore] = field(default_factory=dict)
    evaluation: Evaluation | None = None
    guardrails: Sequence[Mapping[str, Any]] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    truncated: bool = False
    max_latency_ms: float | None = None

    def build_leaderboard(self) -> Leaderboard:
        """Rank what was tried."""
        return build_leaderboard(
            self.results,
            task=self.config.task,
            metric=self.metric,
            winner=self.winner,
            holdout=self.holdout,
            max_latency_ms=self.max_latency_ms,
        )
