"""What the choice of an ensemble takes and gives: plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from regression_model.search.records import Candidate, TrialResult

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
Kind = Literal["single", "vote", "stack"]
Wanted = Literal["auto", "vote", "stack", "none"]

QUICK_MS = 0.9
"""An ensemble answers within a millisecond, unless more is asked for: a bit more of quality is rarely worth more."""


@dataclass(frozen=True, eq=False, kw_only=True)
class EnsembleSettings:
    """How ensembles are chosen.

    Attributes
    ----------
    base : mapping
        The configuration's own sections ``target``, ``preprocessing`` and ``model``, which stand where a trial's
        changes say nothing.
    wanted : {"auto", "vote", "stack", "none"}
        ``none`` compares single models only.
    folds : sequence of array
        Positions of the rows that each fold of the search held out: on these, too, weights are learned from the
        others. Empty means five folds drawn from the seed.
    groups : array of shape (n_rows,), optional
        Of rows that belong together: drawn folds keep them so.
    can_stack : bool
        Whether the rows to learn from can be divided as a stack divides them; if not, there will be no stack.
    max_latency_ms : float, optional
        What the members may take together to predict one row; by default `QUICK_MS`, where all are compiled.
    max_fit_time_s : float, optional
        What fitting the members may take together, measured as the trials' ``fit_time_s``.
    max_size_bytes : float, optional
        Of the members together, measured as the trials' ``size_bytes``.
    max_members : int
        At least 2.
    rounds : int
        Rounds of the greedy choice: weights are multiples of one over the number of rounds that were of use.
    n_bootstrap, confidence
        Of the score's interval.
    seed : int
    """

    base: Mapping[str, Any] = field(default_factory=dict)
    wanted: Wanted = "auto"
    folds: Sequence[IntArray] = ()
    groups: npt.NDArray[Any] | None = None
    can_stack: bool = True
    max_latency_ms: float | None = None
    max_fit_time_s: float | None = None
    max_size_bytes: float | None = None
    max_members: int = 8
    rounds: int = 40
    n_bootstrap: int = 200
    confidence: float = 0.95
    seed: int = 0


@dataclass(frozen=True)
class Member:
    """A trial's part in an ensemble.

    Attributes
    ----------
    number : int
        The trial.
    name : str
        In the configuration, such as ``lightgbm_3``.
    weight : float or None
        Share of a vote, in (0, 1]; None in a stack.
    """

    number: int
    name: str
    weight: float | None


@dataclass(frozen=True, eq=False)
class EnsembleChoice:
    """A model that could be a search's answer: one trial, or several together.

    Attributes
    ----------
    kind : {"single", "vote", "stack"}
    members : tuple of Member
        The heaviest first.
    changes : mapping
        Sections of the configuration that it replaces, as `Candidate.changes`.
    score : float
        Of out-of-fold predictions. For an ensemble weights were learned on the other folds only.
    interval : tuple of two floats or None
    predictions : array
        What was scored: shape (n_rows,) on the target's scale, or (n_rows, n_classes) probabilities.
    fit_time_s, latency_ms, size_bytes : float or int or None
        Sums over the members, an upper bound where they share preparations; None if one is not known. Members of
        a stack are fitted once for each of its folds, and once more.
    compiled : bool
        Whether all members have a compiled form.
    metrics : mapping of str to float
        All metrics of the task over the same predictions, where they are defined.
    """

    kind: Kind
    members: tuple[Member, ...]
    changes: Mapping[str, Any]
    score: float
    interval: tuple[float, float] | None
    predictions: FloatArray
    fit_time_s: float | None
    latency_ms: float | None
    size_bytes: int | None
    compiled: bool
    metrics: Mapping[str, float] = field(default_factory=dict)

    def to_result(self, number: int, predictions_file: str | None = None) -> TrialResult:
        """Return it as a row of the leaderboard.

        Parameters
        ----------
        number : int
            Of the row; ensembles are numbered behind the trials.
        predictions_file : str, optional
            Where its out-of-fold predictions are kept.

        Raises
        ------
        ValueError
            If it is a single trial, which is a row already.
        """
        if self.kind == "single":
            raise ValueError("a single trial is a row of the leaderboard already")
        said = {member.name: member.weight for member in self.members}
        names = said if self.kind == "vote" else {"members": ", ".join(said)}
        return TrialResult(
            Candidate(number, self.kind, self.kind, self.changes, parameters=names),
            "completed",
            score=self.score,
            interval=self.interval,
            metrics=self.metrics,
            predictions_file=predictions_file,
            fit_time_s=self.fit_time_s,
            latency_ms=self.latency_ms,
            compiled=self.compiled,
            size_bytes=self.size_bytes,
        )

    def with_changes(self, changes: Mapping[str, Any]) -> EnsembleChoice:
        """Return the same choice, said otherwise."""
        return replace(self, changes=changes)
