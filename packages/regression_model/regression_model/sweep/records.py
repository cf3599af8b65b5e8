"""What a sweep records of each run: plain data that the journal can hold."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from regression_model.sweep.policies import Verdict

Status = Literal["completed", "cancelled", "failed", "timed_out", "out_of_memory", "crashed"]


@dataclass(frozen=True)
class Run:
    """One configuration and how it did.

    Attributes
    ----------
    number : int
        From 0, in the order in which runs were asked for.
    batch : int
        From 0.
    assignment : mapping
        The value of each hyperparameter.
    status : str
        ``cancelled``: given up by the policy.
    values : tuple of float
        The primary metric after each interval; NaN where it has no value.
    score : float or None
        The primary metric of the model as it is at the end; None unless completed.
    fit_time_s : float or None
        Preparation included.
    verdict : Verdict or None
        Why it was given up.
    reason : str
        Why it failed, in one line.
    """

    number: int
    batch: int
    assignment: Mapping[str, Any]
    status: Status
    values: tuple[float, ...] = ()
    score: float | None = None
    fit_time_s: float | None = None
    verdict: Verdict | None = None
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """Write it; numbers that JSON has no word for become null."""
        document = asdict(self) | {
            "assignment": dict(self.assignment),
            "values": [_plain(item) for item in self.values],
        }
        if self.verdict is not None:
            document["verdict"] = {name: _plain(value) for name, value in asdict(self.verdict).items()}
        return document

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Run:
        """Rebuild what `to_json` wrote."""
        verdict = document["verdict"]
        if verdict is not None:
            numbers = {name: math.nan if verdict[name] is None else verdict[name] for name in ("best", "bar")}
            verdict = Verdict(**{**verdict, **numbers})
        values = tuple(math.nan if value is None else value for value in document["values"])
        return cls(**{**document, "verdict": verdict, "values": values})


@dataclass(frozen=True)
class SweepResult:
    """What came of a sweep.

    Attributes
    ----------
    runs : tuple of Run
        By number.
    metric : str
        What is compared, by its own name.
    goal : {"minimize", "maximize"}
    best : Run or None
        The completed run with the best score, of equals the first; None if no run completed.
    truncated : bool
        Whether a clock has ended the sweep early.
    interval_unit : str
        What an interval is, such as ``epoch``.
    """

    runs: tuple[Run, ...]
    metric: str
    goal: Literal["minimize", "maximize"]
    best: Run | None
    truncated: bool = False
    interval_unit: str = "interval"
    facts: Mapping[str, Any] = field(default_factory=dict)


def list_runs(lines: Iterable[Mapping[str, Any]]) -> tuple[Run, ...]:
    """Return the runs that a sweep's journal tells of, by number."""
    runs = (Run.from_json(line["run"]) for line in lines if line["kind"] == "run")
    return tuple(sorted(runs, key=lambda run: run.number))


def find_best_run(runs: tuple[Run, ...], goal: str) -> Run | None:
    """Return the completed run with the best score, of equals the first; None if there is none."""
    scored = [run for run in runs if run.score is not None and math.isfinite(run.score)]
    if not scored:
        return None
    return min(scored, key=lambda run: ((run.score or 0.0) * (1 if goal == "minimize" else -1), run.number))


def _plain(value: Any) -> Any:  # noqa: ANN401 - a field of a record
    return None if isinstance(value, float) and not math.isfinite(value) else value
