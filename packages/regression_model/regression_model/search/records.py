"""What passes between the parts of a search: plain data that the journal can hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["completed", "failed", "timed_out", "out_of_memory", "crashed"]
Origin = Literal["baseline", "portfolio", "sampler", "vote", "stack"]


@dataclass(frozen=True)
class Candidate:
    """A configuration to try.

    Attributes
    ----------
    number : int
        From 0; a search numbers its trials in the order in which they were asked for.
    origin : str
        ``baseline`` is the configuration as it stands, ``portfolio`` a known-good start, ``sampler`` a sample.
    family : str
    changes : mapping
        Sections of the configuration that it replaces (``target``, ``preprocessing``, ``model``), as the file would
        say them: JSON that `Config` validates.
    choices : mapping
        What the sampler has chosen, by parameter, from which the changes follow; what it learns from later.
    parameters : mapping
        The hyperparameters that tell this candidate from others, for people.
    """

    number: int
    origin: Origin
    family: str
    changes: Mapping[str, Any]
    choices: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TrialResult:
    """How a trial ended.

    Attributes
    ----------
    candidate : Candidate
    status : str
    score : float or None
        The metric over all out-of-fold predictions; None unless completed.
    interval : tuple of two floats or None
        Its bootstrap interval of 95 %.
    fold_scores : tuple of float
    metrics : mapping of str to float
        All metrics of the task over the out-of-fold predictions.
    predictions_file : str or None
        Name of the array of out-of-fold predictions in the run's folder: shape (n_rows,) on the target's scale, or
        (n_rows, n_classes) probabilities, in the order of the rows to train on.
    fit_time_s : float or None
        Mean over the folds.
    latency_ms : float or None
        Median time to predict one row, compiled if there is a compiled form.
    compiled : bool
    size_bytes : int or None
        Of the fitted pipeline (compiled form if there is one).
    reason : str
        Why there is no score: what went wrong, in one line.
    """

    candidate: Candidate
    status: Status
    score: float | None = None
    interval: tuple[float, float] | None = None
    fold_scores: tuple[float, ...] = ()
    metrics: Mapping[str, float] = field(default_factory=dict)
    predictions_file: str | None = None
    fit_time_s: float | None = None
    latency_ms: float | None = None
    compiled: bool = False
    size_bytes: int | None = None
    reason: str = ""
