"""Plots of what was chosen: hyperparameters, and the members of an ensemble."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from regression_model.evaluation.metrics.base import FloatArray
from regression_model.evaluation.plots import Plot
from regression_model.evaluation.plots.canvas import (
    BLUE,
    INK,
    MUTED,
    RULE,
    VERMILLION,
    label_axes,
    new_axes,
    plain_label,
    render_svg,
    use_percentages,
    use_row_labels,
)
from regression_model.records.leaderboard import Leaderboard, Row
from regression_model.search.ensembling import EnsembleChoice

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_AXES, MAX_VALUES, MAX_CORRELATED = 7, 12, 12


def plot_parallel_coordinates(board: Leaderboard) -> Plot | None:
    """Draw each trial as a line through its hyperparameters to its score; None if there is too little to draw.

    Shown are the family, and the hyperparameters that vary and that most trials have.
    """
    rows = [row for row in board.rows if row.score is not None and row.origin not in ("vote", "stack")]
    names = _choose_axes(rows)
    if len(rows) < 3 or not names:
        return None
    figure, axes = new_axes(10.0, 4.2)
    columns = [_scale_axis([_get(row, name) for row in rows]) for name in names]
    sign = 1.0 if board.definition.direction == "minimize" else -1.0
    order = np.argsort(np.argsort([sign * (row.score or 0.0) for row in rows], kind="stable"), kind="stable")
    columns.append((1.0 - order / max(1, len(rows) - 1), {}))
    best = max(1, math.ceil(len(rows) / 10))
    for place in reversed(range(len(rows))):  # the best ones on top
        heights = [float(values[place]) for values, _ in columns]
        good = order[place] < best
        axes.plot(
            range(len(columns)), heights, color=VERMILLION if good else BLUE, linewidth=1.8 if good else 0.9,
            alpha=0.95 if good else 0.35, marker="o", markersize=3,
        )  # fmt: skip
    _label_parallel_axes(axes, [*names, "rank"], [labels for _, labels in columns])
    return Plot(
        "parallel",
        "Hyperparameters and rank",
        f"Each line is a trial; {f'the best {best} are' if best > 1 else 'the best is'} drawn thick. A line breaks "
        "where a family has no such hyperparameter. On the right the best are at the top.",
        f"Parallel coordinates of {len(rows)} trials over {', '.join(names)}.",
        render_svg(figure, "parallel"),
    )


def plot_error_correlation(
    board: Leaderboard, errors: Mapping[int, FloatArray], weights: Mapping[int, float | None]
) -> Plot | None:
    """Draw how alike the errors of the best trials are; None if there are fewer than two.

    Parameters
    ----------
    board : Leaderboard
    errors : mapping of int to array of shape (n_rows,)
        By the number of the trial.
    weights : mapping of int to float or None
        Members of the winner, which are marked.
    """
    rows = [row for row in board.rows if row.number in errors and row.origin not in ("vote", "stack")]
    chosen = [row for row in rows if row.number in weights]
    rows = (chosen + [row for row in rows if row not in chosen])[:MAX_CORRELATED]
    rows.sort(key=lambda row: row.rank or 0)
    if len(rows) < 2:
        return None
    table = _correlate([errors[row.number] for row in rows])
    figure, axes = new_axes(5.4, 4.4)
    lowest = float(np.floor(10 * table.min()) / 10)
    axes.imshow(table, cmap="Blues", vmin=min(lowest, 0.9), vmax=1.0, aspect="auto")
    names = [f"{'* ' if row.number in weights else ''}{row.family} {row.number}" for row in rows]
    use_row_labels(axes, names)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xticks(range(len(rows)), [str(row.number) for row in rows])
    axes.grid(visible=False)
    middle = (min(lowest, 0.9) + 1.0) / 2
    if len(rows) <= MAX_CORRELATED:
        for (line, column), value in np.ndenumerate(table):
            colour = "white" if value > middle else "#1f2431"
            axes.annotate(f"{value:.2f}", (column, line), ha="center", va="center", fontsize=7, color=colour)
    between = table[~np.eye(len(rows), dtype=bool)]
    return Plot(
        "error-correlation",
        "Correlation of out-of-fold errors",
        "The less alike the errors of two good models are, the more they gain by answering together. Members of the "
        "winner are marked by a star.",
        f"Matrix of correlations between the errors of {len(rows)} trials, from {between.min():.2f} to "
        f"{between.max():.2f}.",
        render_svg(figure, "error-correlation"),
    )


def plot_weights(choice: EnsembleChoice) -> Plot | None:
    """Draw the weights of a vote; None for anything else."""
    if choice.kind != "vote":
        return None
    figure, axes = new_axes(5.4, max(1.6, 0.42 * len(choice.members) + 0.9))
    shares = [member.weight or 0.0 for member in choice.members]
    axes.barh(range(len(shares)), shares, color=BLUE, alpha=0.9, height=0.62, linewidth=0)
    use_row_labels(axes, [member.name for member in choice.members])
    for place, share in enumerate(shares):
        axes.annotate(f" {share:.1%}", (share, place), va="center", fontsize=8.5, color=MUTED)
    axes.set_xlim(0, max(shares) * 1.18)
    use_percentages(axes, y=False)
    axes.spines["left"].set_visible(False)
    label_axes(axes, "Weight", "")
    said = ", ".join(f"{member.name} {member.weight or 0.0:.1%}" for member in choice.members)
    return Plot(
        "weights",
        "Weights of the vote",
        "How much each member counts. Names end in the number of the trial.",
        f"Bar chart of weights: {said}.",
        render_svg(figure, "weights"),
    )


def _correlate(errors: Sequence[FloatArray]) -> FloatArray:
    centred = np.stack([error - error.mean() for error in errors])
    sizes = np.sqrt(np.square(centred).sum(axis=1))
    centred /= np.where(sizes > 0, sizes, 1.0)[:, np.newaxis]
    # No matrix product: its last bits depend on the processor, and so would the page.
    table = np.array([[float((one * other).sum()) for other in centred] for one in centred])
    clipped: FloatArray = np.clip(table, -1.0, 1.0)
    return clipped


def _get(row: Row, name: str) -> object:
    return row.family if name == "family" else row.parameters.get(name)


def _choose_axes(rows: Sequence[Row]) -> list[str]:
    counts: dict[str, int] = {}
    for row in rows:
        for name in row.parameters:
            counts[name] = counts.get(name, 0) + 1
    names = sorted(counts, key=lambda name: (-counts[name], name))
    varying = [name for name in names if len({repr(row.parameters.get(name)) for row in rows} - {"None"}) > 1]
    families = ["family"] if len({row.family for row in rows}) > 1 else []
    return [*families, *varying[: MAX_AXES - len(families)]]


def _scale_axis(values: Sequence[Any]) -> tuple[FloatArray, dict[float, str]]:
    """Bring one hyperparameter into [0, 1], and say what stands where; NaN where it has no value."""
    known = [value for value in values if value is not None]
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in known):
        numbers = np.array([np.nan if value is None else float(value) for value in values])
        low, high = float(np.nanmin(numbers)), float(np.nanmax(numbers))
        logarithmic = low > 0 and high / low > 30
        ends = (math.log(low), math.log(high)) if logarithmic else (low, high)
        scaled = ((np.log(numbers) if logarithmic else numbers) - ends[0]) / ((ends[1] - ends[0]) or 1.0)
        return scaled, {0.0: f"{low:.3g}", 1.0: f"{high:.3g}"}
    texts = sorted({str(value) for value in known})
    heights = {text: (place + 0.5) / len(texts) for place, text in enumerate(texts)}
    scaled = np.array([np.nan if value is None else heights[str(value)] for value in values])
    shown = texts if len(texts) <= MAX_VALUES else []
    return scaled, {heights[text]: text for text in shown}


def _label_parallel_axes(axes: Axes, names: Sequence[str], labels: Sequence[Mapping[float, str]]) -> None:
    axes.set_xticks(
        range(len(names)), [plain_label(name, 18) for name in names], color=INK, fontsize=9, parse_math=False
    )
    axes.set_xlim(-0.25, len(names) - 0.75)
    axes.set_ylim(-0.06, 1.06)
    axes.set_yticks([])
    axes.grid(visible=False)
    axes.spines["left"].set_visible(False)
    for place, texts in enumerate(labels):
        axes.axvline(place, color=RULE, linewidth=1.0, zorder=0)
        for height, text in texts.items():
            axes.annotate(
                plain_label(text, 18), (place, height), xytext=(4, 0), textcoords="offset points", va="center",
                fontsize=7.5, color=MUTED, parse_math=False,
            )  # fmt: skip
