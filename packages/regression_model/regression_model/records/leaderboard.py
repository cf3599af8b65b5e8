"""The leaderboard: what was tried, the best first, as rows for people, for spreadsheets and for programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from regression_model.errors import SearchError
from regression_model.evaluation.metrics import Metric, get_metric
from regression_model.records.row_text import describe_parameters

LAYOUT = 1
"""Version of the JSON."""


@dataclass(frozen=True)
class HoldoutScore:
    """The metric on rows that no trial has ever seen.

    Attributes
    ----------
    value : float or None
        None where the metric is undefined.
    low, high : float or None
        Its interval, where it was computed.
    """

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Row:
    """A trial of a search, an ensemble of trials, or a run of a sweep.

    Attributes
    ----------
    rank : int or None
        From 1; None for what has no score.
    number : int
        Of the trial; ensembles are numbered behind the trials.
    winner : bool
        Whether this is the answer.
    origin : str
        Where it comes from: ``baseline``, ``portfolio``, ``sampler``, ``vote`` or ``stack``.
    family, status, reason, fit_time_s, latency_ms, compiled, size_bytes
        As in `regression_model.search.records.TrialResult`.
    parameters : mapping
        The key hyperparameters; for a vote the weights.
    score, low, high : float or None
        Cross-validated, with its interval; of a sweep on the rows that compare runs, without.
    holdout, holdout_low, holdout_high : float or None
        On the holdout; None where it was not measured.
    within_latency : bool
        Whether it predicts a row within the latency that was asked for; true if none was.
    changes : mapping
        Sections of the configuration: what `promote` writes.
    metrics : mapping
        All metrics of the task, cross-validated.
    """

    rank: int | None
    number: int
    winner: bool
    origin: str
    family: str
    parameters: Mapping[str, Any]
    status: str
    score: float | None
    low: float | None
    high: float | None
    holdout: float | None
    holdout_low: float | None
    holdout_high: float | None
    fit_time_s: float | None
    latency_ms: float | None
    compiled: bool
    size_bytes: int | None
    within_latency: bool
    reason: str
    changes: Mapping[str, Any]
    metrics: Mapping[str, float]


@dataclass(frozen=True)
class Leaderboard:
    """All rows, the best score first, failures last.

    Attributes
    ----------
    task : {"regression", "classification"}
    metric : str
        What is to be best, by its name in the registry of metrics.
    max_latency_ms : float or None
    rows : tuple of Row
    """

    task: str
    metric: str
    max_latency_ms: float | None
    rows: tuple[Row, ...]

    @property
    def definition(self) -> Metric[Any]:
        """The metric's entry in the registry."""
        return get_metric(self.task, self.metric)

    def find_winner(self) -> Row:
        """Return the answer.

        Raises
        ------
        SearchError
            If there is none.
        """
        for row in self.rows:
            if row.winner:
                return row
        raise SearchError("no row of the leaderboard is marked as the winner: no trial has won yet")

    def find(self, number: int) -> Row:
        """Return the row of a trial.

        Raises
        ------
        SearchError
            If there is no such trial, or it failed.
        """
        for row in self.rows:
            if row.number == number and row.score is not None:
                return row
            if row.number == number:
                raise SearchError(f"trial {number} has no model: {row.status}, {row.reason or 'no reason is known'}")
        numbers = sorted(row.number for row in self.rows)
        known = f"there are trials {numbers[0]} to {numbers[-1]}" if numbers else "no trial has ended"
        raise SearchError(f"there is no trial {number}; {known}")

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "layout": LAYOUT,
            "task": self.task,
            "metric": self.metric,
            "direction": self.definition.direction,
            "max_latency_ms": self.max_latency_ms,
            "rows": [asdict(row) for row in self.rows],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Leaderboard:
        """Rebuild what `to_json` wrote.

        Raises
        ------
        SearchError
            If it is something else.
        """
        try:
            if document["layout"] != LAYOUT:
                raise SearchError(f"the leaderboard has layout {document['layout']!r}, this version reads {LAYOUT}")
            rows = tuple(Row(**row) for row in document["rows"])
            return cls(document["task"], document["metric"], document["max_latency_ms"], rows)
        except (KeyError, TypeError) as error:
            raise SearchError(f"this is no leaderboard: {error}") from error

    def to_csv(self) -> str:
        """Return a table for spreadsheets; hyperparameters share a column, as ``name=value; ...``."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        columns = [name for name in Row.__dataclass_fields__ if name not in ("changes", "metrics", "parameters")]
        names = sorted({name for row in self.rows for name in row.metrics})
        writer.writerow([*columns, "parameters", *names])
        for row in self.rows:
            cells = [_plain(getattr(row, name)) for name in columns]
            writer.writerow([*cells, describe_parameters(row.parameters), *(_plain(row.metrics.get(n)) for n in names)])
        return text.getvalue()


def is_within(latency_ms: float | None, max_latency_ms: float | None) -> bool:
    """Say whether a latency is within what was asked for; one that is not known is not."""
    return max_latency_ms is None or (latency_ms is not None and latency_ms <= max_latency_ms)


def _plain(value: object) -> object:
    return "" if value is None else value
