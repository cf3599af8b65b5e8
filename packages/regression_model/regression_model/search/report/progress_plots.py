"""Plots of trials: how the search went on, and what a good score costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from regression_model.evaluation.metrics.base import FloatArray
from regression_model.evaluation.number_format import format_count
from regression_model.evaluation.plots import Plot
from regression_model.evaluation.plots.canvas import (
    INK,
    MUTED,
    SERIES,
    VERMILLION,
    add_legend,
    label_axes,
    new_axes,
    plain_label,
    render_svg,
    use_compact_numbers,
)
from regression_model.records.leaderboard import Leaderboard, Row
from regression_model.records.row_text import format_precise

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE_IN = (5.4, 3.7)
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*", "<", ">")


def plot_score_over_trials(board: Leaderboard) -> Plot | None:
    """Draw each trial's score, by family, and the best so far; None if no trial has a score."""
    rows = sorted((row for row in board.rows if row.score is not None), key=lambda row: row.number)
    trials = [row for row in rows if row.origin not in ("vote", "stack")]
    if not trials:
        return None
    figure, axes = new_axes(*SIZE_IN)
    from matplotlib.ticker import MaxNLocator  # behind the message that matplotlib is missing

    scores = np.array([row.score for row in trials], dtype=np.float64)
    best = np.minimum.accumulate(scores) if board.definition.direction == "minimize" else np.maximum.accumulate(scores)
    numbers = [row.number for row in trials]
    axes.step(numbers, best, where="post", color=INK, linewidth=1.2, label="best so far")
    _scatter_families(axes, rows, [row.number for row in rows])
    low, high = _find_window(np.array([row.score for row in rows], dtype=np.float64), board)
    axes.set_ylim(low, high)
    hidden = int(((scores < low) | (scores > high)).sum())
    label_axes(axes, "Trial", board.definition.label)
    use_compact_numbers(axes, x=False)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    _add_legend_beside(axes)
    cut = f" {format_count(hidden)} much worse trials lie outside of the plot." if hidden else ""
    return Plot(
        "score-trials",
        "Score over trials",
        f"Each point is a trial in the order in which they were asked for; ensembles stand behind them.{cut}",
        f"Scatter plot of {len(trials)} scores by trial number; the best is "
        f"{format_precise(board.definition, float(best[-1]))}, first reached by trial "
        f"{numbers[int(np.argmax(best == best[-1]))]}.",
        render_svg(figure, "score-trials"),
    )


def plot_score_against_latency(board: Leaderboard) -> Plot | None:
    """Draw each row's score against the time to predict one row; None if no time is known."""
    rows = [row for row in board.rows if row.score is not None and row.latency_ms is not None and row.latency_ms > 0]
    if not rows:
        return None
    figure, axes = new_axes(*SIZE_IN)
    latencies = [row.latency_ms or 0.0 for row in rows]
    scores = np.array([row.score for row in rows], dtype=np.float64)
    _scatter_families(axes, rows, latencies)
    front = find_front(rows, minimize=board.definition.direction == "minimize")
    axes.plot(
        [row.latency_ms or 0.0 for row in front],
        [row.score or 0.0 for row in front],
        color=MUTED,
        linewidth=1.0,
        linestyle=(0, (4, 3)),
        label="best for their time",
        zorder=1,
    )
    if board.max_latency_ms is not None:
        axes.axvline(board.max_latency_ms, color=VERMILLION, linewidth=1.2, label="limit")
    axes.set_xscale("log")
    axes.set_ylim(*_find_window(scores, board))
    label_axes(axes, "Median time to predict one row (ms)", board.definition.label)
    use_compact_numbers(axes, x=False)
    _use_plain_log_ticks(axes, latencies)
    _add_legend_beside(axes)
    return Plot(
        "score-latency",
        "Score against the time for one row",
        "No model is both better and faster than those on the dashed line. Times are of the compiled form where there "
        "is one; of an ensemble, the sum over its members.",
        f"Scatter plot of {len(rows)} models; the fastest takes {min(latencies):.3g} ms, the slowest "
        f"{max(latencies):.3g} ms.",
        render_svg(figure, "score-latency"),
    )


def find_front(rows: Sequence[Row], *, minimize: bool) -> list[Row]:
    """Return the rows than which no other is both faster and better, the fastest first."""
    front: list[Row] = []
    for row in sorted(rows, key=lambda row: (row.latency_ms or 0.0, (row.score or 0.0) * (1 if minimize else -1))):
        last = front[-1].score if front else None
        score = row.score or 0.0
        if last is None or (score < last if minimize else score > last):
            front.append(row)
    return front


def _scatter_families(axes: Axes, rows: Sequence[Row], places: Sequence[float]) -> None:
    families = list(dict.fromkeys(row.family for row in sorted(rows, key=lambda row: row.rank or 0)))
    for number, family in enumerate(families):
        of_family = [place for place, row in enumerate(rows) if row.family == family]
        axes.scatter(
            [places[place] for place in of_family],
            [rows[place].score or 0.0 for place in of_family],
            s=[60 if rows[place].winner else 26 for place in of_family],
            color=SERIES[number % len(SERIES)],
            marker=_MARKERS[number % len(_MARKERS)],
            edgecolors=[INK if rows[place].winner else SERIES[number % len(SERIES)] for place in of_family],
            linewidths=1.1,
            alpha=0.9,
            label=plain_label(family),
            zorder=3,
        )


def _find_window(scores: FloatArray, board: Leaderboard) -> tuple[float, float]:
    """Return limits that show the better three quarters of the trials; the others may be worse by magnitudes."""
    minimize = board.definition.direction == "minimize"
    best, typical = (scores.min(), np.quantile(scores, 0.75)) if minimize else (scores.max(), np.quantile(scores, 0.25))
    reach = max(abs(float(typical - best)) * 1.6, 1e-3 * abs(float(best)), 1e-12)
    margin = 0.08 * reach
    if minimize:
        return float(best) - margin, min(float(best) + reach, float(scores.max())) + margin
    return max(float(best) - reach, float(scores.min())) - margin, float(best) + margin


def _use_plain_log_ticks(axes: Axes, values: Sequence[float]) -> None:
    """Write a few ticks of a logarithmic axis as numbers, also where they span less than a power of ten."""
    from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

    low, high = min(values), max(values)
    ticks = [base * 10.0**power for power in range(-6, 7) for base in (1, 2, 5)]
    shown = [tick for tick in ticks if low / 1.6 <= tick <= high * 1.6]
    shown = shown[:: max(1, len(shown) // 6)]
    axes.set_xlim(low / 1.6, high * 1.6)
    axes.xaxis.set_major_locator(FixedLocator(shown))
    axes.xaxis.set_major_formatter(FixedFormatter([f"{tick:g}" for tick in shown]))
    axes.xaxis.set_minor_locator(NullLocator())


def _add_legend_beside(axes: Axes) -> None:
    add_legend(axes)
    legend = axes.get_legend()
    if legend is not None:
        legend.set_loc("upper left")
        legend.set_bbox_to_anchor((1.01, 1.0))
