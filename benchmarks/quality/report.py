"""Tables of what came of a comparison, for the terminal and in Markdown."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from quality.outcome import Outcome
from quality.systems import OURS
from quality.tables import Table

Interval = tuple[float, float]
Row = tuple[Outcome, dict[str, float], Interval, Interval | None]


@dataclass(frozen=True, eq=False)
class Comparison:
    """All systems on one table and one split.

    Attributes
    ----------
    table : Table
    seed : int
    seconds : float
        The limit.
    rows : tuple of (Outcome, scores, interval of the first score, interval of the difference to ours)
    """

    table: Table
    seed: int
    seconds: float
    rows: tuple[Row, ...]

    def to_text(self) -> str:
        """Write it as a Markdown table."""
        if not self.rows:
            return f"{self.table.name}: no system took part"
        names = list(self.rows[0][1])
        title = f"### {self.table.name}, split {self.seed}, {self.seconds:g} s"
        head = ["system", *names, f"{self.table.metric}: ours minus theirs", "seconds", "MB", "ms a row", ""]
        lines = [title, "", _line(head), _line(["---"] * len(head))]
        lines += [_line(self._cells(row)) for row in self.rows]
        return "\n".join(lines)

    def _cells(self, row: Row) -> list[str]:
        outcome, scores, interval, difference = row
        shown = [format_number(value) for value in scores.values()]
        main = list(scores).index(self.table.metric)
        shown[main] += f" [{format_number(interval[0])}, {format_number(interval[1])}]"
        against = "" if difference is None else f"[{format_number(difference[0])}, {format_number(difference[1])}]"
        measured = [f"{outcome.seconds:.0f}", f"{outcome.size_mb:.1f}", f"{outcome.row_ms:.3g}", outcome.note]
        return [outcome.system, *shown, against, *measured]


def write_comparisons(path: Path, comparisons: Sequence[Comparison], command: str) -> None:
    """Write the report."""
    intro = [
        "# Models that searches find",
        "",
        f"Made by `{command}` on {platform.machine()} with Python {platform.python_version()}. In brackets: bootstrap "
        "intervals of 95 %; of the differences, paired (below 0: ours is better, for all of these metrics).",
        "",
    ]
    sections = [comparison.to_text() for comparison in comparisons]
    path.write_text("\n".join([*intro, "\n\n".join([*sections, *_list_means(comparisons)]), ""]), encoding="utf-8")


def _list_means(comparisons: Sequence[Comparison]) -> list[str]:
    """Say the mean over splits of our scores, for tables with several of them."""
    found: dict[str, dict[int, dict[str, float]]] = {}
    for comparison in comparisons:
        for outcome, scores, _, _ in comparison.rows:
            if outcome.system == OURS:
                found.setdefault(comparison.table.name, {})[comparison.seed] = scores
    lines = []
    for name, by_seed in found.items():
        if len(by_seed) > 1:
            means = {key: np.mean([scores[key] for scores in by_seed.values()]) for key in next(iter(by_seed.values()))}
            shown = ", ".join(f"{key} {format_number(float(value))}" for key, value in means.items())
            lines.append(f"Mean of ours over the splits {', '.join(map(str, by_seed))} of {name}: {shown}.")
    return lines


def format_number(value: float) -> str:
    """Write a score with the digits that matter."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.4f}"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
