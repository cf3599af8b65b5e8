"""Writes what a sweep has found into its folder: for spreadsheets, for `promote`, and for people."""

from __future__ import annotations

import csv
import io
import json
import math
from typing import Any

from regression_model.config import Config
from regression_model.errors import MissingExtraError
from regression_model.sweep.parameters import build_changes
from regression_model.sweep.records import Run, SweepResult
from regression_model.sweep.run_folder import SweepFolder

TABLE, LEADERBOARD, REPORT = "runs.csv", "leaderboard.json", "report.html"
_LAYOUT = 1
"""Of a search's leaderboard (`regression_model.search.leaderboard`), which a sweep's is written like."""


def write_results(folder: SweepFolder, config: Config, result: SweepResult, holdout: float | None) -> None:
    """Write ``runs.csv``, ``leaderboard.json`` and, where matplotlib is installed, ``report.html``.

    Parameters
    ----------
    folder : SweepFolder
    config : Config
        The one that the sweep began with.
    result : SweepResult
    holdout : float or None
        The metric of the best run's model on the holdout.
    """
    from regression_model.sweep.report import build_sweep_report

    folder.write(TABLE, build_table(result))
    folder.write(LEADERBOARD, json.dumps(build_leaderboard(config, result, holdout), indent=2, allow_nan=False) + "\n")
    try:
        folder.write(REPORT, build_sweep_report(config, result, holdout))
    except MissingExtraError:
        (folder.path / REPORT).unlink(missing_ok=True)


def rank_runs(result: SweepResult) -> list[Run]:
    """Return completed runs, the best first, then those that were given up, then failures."""
    sign = 1 if result.goal == "minimize" else -1
    places = {"completed": 0, "cancelled": 1}

    def key(run: Run) -> tuple[int, float, int]:
        score = run.score if run.score is not None and math.isfinite(run.score) else math.inf * sign
        return places.get(run.status, 2), score * sign, run.number

    return sorted(result.runs, key=key)


def build_table(result: SweepResult) -> str:
    """Return one row for each run, with its decision, as CSV."""
    parameters = sorted({name for run in result.runs for name in run.assignment})
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    fixed = ["number", "batch", "status", "score", "intervals", "fit_time_s"]
    decision = ["cancelled_at", "its_best", "bar", "rule", "reason"]
    writer.writerow([*fixed, *decision, *parameters])
    for run in rank_runs(result):
        verdict = run.verdict
        told: list[Any] = (
            ["", "", "", ""] if verdict is None else [verdict.interval, verdict.best, verdict.bar, verdict.rule]
        )
        cells = [run.number, run.batch, run.status, _or_empty(run.score), len(run.values), _or_empty(run.fit_time_s)]
        chosen = [_say(run.assignment.get(name, "")) for name in parameters]
        writer.writerow([*cells, *told, run.reason, *chosen])
    return text.getvalue()


def build_leaderboard(config: Config, result: SweepResult, holdout: float | None) -> dict[str, Any]:
    """Return the runs in the layout of a search's leaderboard."""
    rows = []
    for place, run in enumerate(rank_runs(result), start=1):
        scored, wins = run.score is not None, run is result.best
        reason = run.reason if run.verdict is None else f"{run.verdict.rule}; interval {run.verdict.interval}"
        rows.append(
            {
                "rank": place if scored else None,
                "number": run.number,
                "winner": wins,
                "origin": "sampler",
                "family": config.model.family,
                "parameters": {name: _listed(value) for name, value in run.assignment.items()},
                "status": run.status,
                "score": run.score,
                "low": None,
                "high": None,
                "holdout": holdout if wins else None,
                "holdout_low": None,
                "holdout_high": None,
                "fit_time_s": run.fit_time_s,
                "latency_ms": None,
                "compiled": False,
                "size_bytes": None,
                "within_latency": True,
                "reason": reason,
                "changes": build_changes(config, run.assignment),
                "metrics": {result.metric: run.score} if run.score is not None else {},
            }
        )
    return {
        "layout": _LAYOUT,
        "task": config.task,
        "metric": result.metric,
        "direction": result.goal,
        "max_latency_ms": None,
        "rows": rows,
    }


def describe_assignment(run: Run) -> str:
    """Write a run's hyperparameters, ``name=value; ...``."""
    return "; ".join(f"{name}={_say(value)}" for name, value in run.assignment.items())


def _say(value: Any) -> str:  # noqa: ANN401 - any value of a hyperparameter
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_say, value)) + "]"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _listed(value: Any) -> Any:  # noqa: ANN401 - any value of a hyperparameter
    return [_listed(item) for item in value] if isinstance(value, list | tuple) else value


def _or_empty(value: float | None) -> float | str:
    return "" if value is None else value
