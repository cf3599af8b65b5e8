"""Sweeps as tables of text, for the terminal and for the report."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from regression_model.config import Config
from regression_model.evaluation import get_metric
from regression_model.evaluation.number_format import MISSING, format_count, format_metric
from regression_model.records.row_text import describe_parameters
from regression_model.sweep.records import Run, SweepResult
from regression_model.sweep.results import rank_runs

if TYPE_CHECKING:
    from regression_model.sweep.replaying import PolicyReplay, ReplayedRun

Table = tuple[Sequence[str], list[list[str]]]
"""A header, and rows as long as it."""


def describe_runs(config: Config, result: SweepResult) -> Table:
    """Describe each run, the best first; numbers begin in the fourth column."""
    metric = get_metric(config.task, result.metric)
    rows = [
        [
            str(run.number),
            run.status + ("*" if run is result.best else ""),
            describe_parameters(run.assignment) + (f" ({run.reason})" if run.reason else ""),
            format_metric(metric, run.score, config.target.unit),
            format_count(len(run.values)),
            MISSING if run.fit_time_s is None else f"{run.fit_time_s:.1f} s",
        ]
        for run in rank_runs(result)
    ]
    return ["run", "status", "parameters", metric.label, f"{result.interval_unit}s", "fit"], rows


def describe_decisions(config: Config, result: SweepResult) -> Table:
    """Describe why runs were given up, one row for each; numbers begin in the third column."""
    rows = [_describe_decision(config, result, run) for run in result.runs if run.verdict is not None]
    return ["run", "rule", result.interval_unit, "its best", "bar"], rows


def _describe_decision(config: Config, result: SweepResult, run: Run) -> list[str]:
    verdict = run.verdict
    assert verdict is not None
    metric, unit = get_metric(config.task, result.metric), config.target.unit
    numbers = [format_metric(metric, value, unit) for value in (verdict.best, verdict.bar)]
    return [str(run.number), verdict.rule, str(verdict.interval), *numbers]


def describe_replay(
    config: Config, result: SweepResult, replay: PolicyReplay
) -> tuple[Sequence[str], list[list[str]], list[tuple[str, str]]]:
    """Describe what another policy would have done: one row for each run, and facts about all of them.

    Numbers are in the second to the last but one column.
    """
    metric, unit = get_metric(config.task, result.metric), config.target.unit
    header = ["run", "recorded", "used", "its best", "bar", "what happens"]
    rows = [
        [
            str(run.number),
            str(run.recorded),
            str(run.used),
            *(
                [MISSING, MISSING]
                if run.verdict is None
                else [
                    format_metric(metric, value, unit) if math.isfinite(value) else MISSING
                    for value in (run.verdict.best, run.verdict.bar)
                ]
            ),
            _say_end(run),
        ]
        for run in replay.runs
    ]
    share = replay.saved_intervals / max(1, replay.recorded_intervals)
    facts = [
        ("runs given up", f"{replay.n_cancelled} of {len(replay.runs)}"),
        (
            f"{result.interval_unit}s saved",
            f"{replay.saved_intervals} of {replay.recorded_intervals} ({share:.0%}), about {replay.saved_time_s:.1f} s",
        ),
        ("best run of the record", _say_best(config, result, replay.recorded_best)),
        ("best run under this policy", _say_best(config, result, replay.best)),
        ("cost", MISSING if replay.cost is None else format_metric(metric, replay.cost, unit)),
    ]
    if replay.n_open:
        facts.append(("unknown", f"{replay.n_open} runs would have gone on beyond what was recorded"))
    return header, rows, facts


def _say_end(run: ReplayedRun) -> str:
    if run.verdict is not None:
        return f"given up: {run.verdict.rule}"
    return "goes on, which was not recorded" if run.is_open else "goes on to its end"


def _say_best(config: Config, result: SweepResult, run: Run | None) -> str:
    if run is None:
        return "none"
    score = format_metric(get_metric(config.task, result.metric), run.score, config.target.unit)
    return f"{run.number}, {score}"
