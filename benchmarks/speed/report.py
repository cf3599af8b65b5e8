"""What was measured, as a table: each figure with its spread, its target, and whether it holds."""

from __future__ import annotations

import platform
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from marked_section import find_section

LIBRARIES = (
    "numpy",
    "pandas",
    "scikit-learn",
    "feature-engine",
    "lightgbm",
    "pyarrow",
    "orjson",
    "flask",
    "gunicorn",
    "gevent",
)


@dataclass(frozen=True)
class Figure:
    """One measured quantity.

    Attributes
    ----------
    name : str
    samples : sequence of float
        One per lap.
    unit : str
    target : float or None
        What it should reach, in the unit.
    at_least : bool
        Whether the target is a lower bound; else an upper one.
    """

    name: str
    samples: Sequence[float]
    unit: str
    target: float | None = None
    at_least: bool = True

    @property
    def median(self) -> float:
        """Median of the laps."""
        return statistics.median(self.samples)

    @property
    def holds(self) -> bool | None:
        """Whether the median reaches the target; None without one."""
        if self.target is None:
            return None
        return self.median >= self.target if self.at_least else self.median <= self.target

    def to_row(self) -> str:
        """Return a row of the table."""
        spread = f"{_show(min(self.samples))} to {_show(max(self.samples))}" if len(self.samples) > 1 else ""
        target = "" if self.target is None else f"{'≥' if self.at_least else '≤'} {_show(self.target)}"
        verdict = {None: "", True: "holds", False: "**missed**"}[self.holds]
        return f"| {self.name} | {_show(self.median)} {self.unit} | {spread} | {target} | {verdict} |"


@dataclass
class Section:
    """Figures that belong together."""

    title: str
    how: str
    figures: list[Figure] = field(default_factory=list)

    def to_text(self) -> str:
        """Return the section in Markdown."""
        head = ["| | median | laps from to | target | |", "|---|---|---|---|---|"]
        return "\n".join([f"## {self.title}", "", self.how, "", *head, *(figure.to_row() for figure in self.figures)])


def _show(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def write_report(path: Path, sections: Sequence[Section], command: str) -> None:
    """Write all sections into a file, below what they were measured on."""
    versions = ", ".join(f"{name} {_find_version(name)}" for name in LIBRARIES)
    lines = [
        "# Results of the benchmark of speed",
        "",
        f"Written by `{command}`. Machines are noisy: what counts are the ratios, both sides of which were measured in "
        "turn in the same run.",
        "",
        f"- Machine: {_find_processor()}, {platform.system()} {platform.release()}; the server on one core, the load "
        "on another",
        f"- Python {platform.python_version()}; {versions}",
    ]
    texts = ["\n".join(lines), *(section.to_text() for section in sections)]
    # What the benchmark of searches has written into the same file stays.
    kept = find_section(path.read_text(encoding="utf-8"), "searches") if path.exists() else ""
    path.write_text("\n\n".join([*texts, kept] if kept else texts) + "\n", encoding="utf-8")


def _find_version(name: str) -> str:
    return version(name)


def _find_processor() -> str:
    told = subprocess.run(["lscpu"], check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S607
    fields = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in told.splitlines())}
    return f"{fields.get('Model name', 'unknown')}, {fields.get('CPU(s)', '?')} CPUs"
