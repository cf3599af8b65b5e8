"""Writes what a sweep has found into its folder: for spreadsheets, for `promote`, and for people."""

from __future__ import annotations

import csv
import io
import logging
import math
from typing import TYPE_CHECKING, Any

from regression_model.errors import MissingExtraError
from regression_model.records.leaderboard import Leaderboard, Row
from regression_model.records.leaderboard_file import write_leaderboard
from regression_model.sweep.parameters import build_changes
from regression_model.sweep.records import Run, SweepResult

if TYPE_CHECKING:
    from regression_model.config import Config
    from regression_model.records.run_folder import RunFolder

TABLE, REPORT = "runs.csv", "report.html"

logger = logging.getLogger(__name__)


def write_results(folder: RunFolder, config: Config, result: SweepResult, holdout: float | None) -> None:
    """Write ``runs.csv``, ``leaderboard.json`` and, where matplotlib is installed, ``report.html``.

    A report that can't be drawn costs a warning and nothing else.

    Parameters
    ----------
    folder : RunFolder
    config : Config
        The one that the sweep began with.
    result : SweepResult
    holdout : float or None
        The metric of the best run's model on the holdout.
    """
    from regression_model.sweep.report import build_sweep_report

    folder.write_file(TABLE, build_table(result).encode())
    write_leaderboard(folder, build_leaderboard(config, result, holdout))
    try:
        folder.write_file(REPORT, build_sweep_report(config, result, holdout).encode())
    except MissingExtraError:
        (folder.path / REPORT).unlink(missing_ok=True)
    except Exception as error:  # noqa: BLE001 - the runs are done, and the best one's model is saved
        logger.warning("there is no %s: %s: %s", REPORT, type(error).__name__, error)
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
        chosen = [_or_empty(run.assignment.get(name)) for name in parameters]
        writer.writerow([*cells, *told, run.reason, *chosen])
    return text.getvalue()


def build_leaderboard(config: Config, result: SweepResult, holdout: float | None) -> Leaderboard:
    """Return the runs as a leaderboard, so that one of them can be promoted.

    Parameters
    ----------
    config : Config
        The one that the sweep began with.
    result : SweepResult
    holdout : float or None
        The metric of the best run's model on the holdout.
    """
    rows = (
        _build_row(config, result, run, rank, holdout if run is result.best else None)
        for rank, run in enumerate(rank_runs(result), start=1)
    )
    return Leaderboard(config.task, result.metric, None, tuple(rows))


def _build_row(config: Config, result: SweepResult, run: Run, rank: int, holdout: float | None) -> Row:
    return Row(
        rank=rank if run.score is not None else None,
        number=run.number,
        winner=run is result.best,
        origin="sampler",
        family=config.model.family,
        parameters=dict(run.assignment),
        status=run.status,
        score=run.score,
        low=None,
        high=None,
        holdout=holdout,
        holdout_low=None,
        holdout_high=None,
        fit_time_s=run.fit_time_s,
        latency_ms=None,
        compiled=False,
        size_bytes=None,
        within_latency=True,
        reason=run.reason if run.verdict is None else f"{run.verdict.rule}; interval {run.verdict.interval}",
        changes=build_changes(config, run.assignment),
        metrics={} if run.score is None else {result.metric: run.score},
    )


def _or_empty(value: Any) -> Any:  # noqa: ANN401 - any cell
    return "" if value is None else value
