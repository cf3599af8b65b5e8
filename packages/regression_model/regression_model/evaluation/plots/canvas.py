"""The one style of all plots, and their way from a figure into a page.

Figures are drawn by `matplotlib.figure.Figure` itself: neither pyplot nor the global settings are touched, so
that a report can be written in any thread of any program.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from regression_model.errors import MissingExtraError
from regression_model.evaluation.number_format import format_compact

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's palette ("Color Universal Design", 2008): told apart with any colour vision.
BLUE, VERMILLION, GREEN, PURPLE, SKY, ORANGE = (
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#cc79a7",
    "#56b4e9",
    "#e69f00",
)
SERIES = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)
INK, MUTED, RULE = "#1f2430", "#5b6472", "#d9dde3"

_PAGE_COLOURS = {INK: "--ink", MUTED: "--muted", RULE: "--rule"}
_MAX_LABEL = 34
LegendPlace = Literal["best", "upper left", "lower left", "lower right"]


@dataclass(frozen=True)
class Plot:
    """A plot that is ready for a page.

    Parameters
    ----------
    name : str
        Unique in the page, such as ``residuals``; the ids in the SVG begin with it.
    title, caption : str
        What it shows, and how to read it.
    description : str
        For people who can't see it: what is drawn, with the numbers that matter.
    svg : str
        An ``<svg>`` element to be put into HTML; its text and rules take the page's colours.
    """

    name: str
    title: str
    caption: str
    description: str
    svg: str


def new_axes(width_in: float = 5.0, height_in: float = 3.6) -> tuple[Figure, Axes]:
    """Return a figure with one pair of axes in the common style; sizes in inches of 72 SVG units.

    Raises
    ------
    MissingExtraError
        If matplotlib isn't installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("The report", "report") from error
    figure = Figure(figsize=(width_in, height_in), layout="constrained")
    axes = figure.add_subplot()
    figure.patch.set_alpha(0.0)
    axes.patch.set_alpha(0.0)
    axes.spines[["top", "right"]].set_visible(False)
    for spine in axes.spines.values():
        spine.set_color(RULE)
    axes.tick_params(colors=MUTED, labelsize=9, length=0, pad=5)
    axes.grid(color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)
    return figure, axes


def label_axes(axes: Axes, x: str, y: str) -> None:
    """Name both axes; the text is never read as a formula."""
    axes.set_xlabel(plain_label(x, 60), color=INK, fontsize=9.5, labelpad=6, parse_math=False)
    axes.set_ylabel(plain_label(y, 60), color=INK, fontsize=9.5, labelpad=6, parse_math=False)


def use_compact_numbers(axes: Axes, *, x: bool = True, y: bool = True) -> None:
    """Write ticks as 200k and 1.5M, about five to an axis."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    for wanted, axis in ((x, axes.xaxis), (y, axes.yaxis)):
        if wanted:
            axis.set_major_locator(MaxNLocator(5))
            axis.set_major_formatter(FuncFormatter(lambda value, _: format_compact(value)))


def use_percentages(axes: Axes, *, x: bool = True, y: bool = True) -> None:
    """Write ticks of fractions as percentages."""
    from matplotlib.ticker import FuncFormatter

    for wanted, axis in ((x, axes.xaxis), (y, axes.yaxis)):
        if wanted:
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.4g}%"))


def use_row_labels(axes: Axes, labels: Sequence[str]) -> None:
    """Name the rows of a horizontal chart from the top."""
    axes.set_yticks(
        range(len(labels)), [plain_label(label) for label in labels], color=INK, fontsize=9, parse_math=False
    )
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")


def add_legend(axes: Axes, location: LegendPlace = "best") -> None:
    """Draw the legend without a frame, in the page's ink."""
    legend = axes.legend(loc=location, frameon=False, fontsize=8.5, labelcolor=INK, handlelength=1.6)
    for text in legend.get_texts():
        text.set_parse_math(False)


def with_unit(name: str, unit: str | None) -> str:
    """Return ``name (unit)``."""
    return f"{name} ({unit})" if unit else name


def plain_label(text: str, max_length: int = _MAX_LABEL) -> str:
    """Shorten a text, and replace what the font of the plots can't draw by a box."""
    from matplotlib.font_manager import findfont, get_font

    drawable = get_font(findfont("DejaVu Sans")).get_charmap()
    text = " ".join(text.split())
    text = text if len(text) <= max_length else text[: max_length - 1] + "…"
    return "".join(letter if ord(letter) in drawable else "□" for letter in text)


def render_svg(figure: Figure, name: str) -> str:
    """Return the figure as an ``<svg>`` element for HTML: our own ids, no address, the same on every run."""
    buffer = io.StringIO()
    figure.savefig(
        buffer, format="svg", dpi=160, metadata={"Creator": None, "Date": None, "Format": None, "Type": None}
    )
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = (
        re.sub(r'\s(xmlns(:\w+)?|width|height|version)="[^"]*"', "", svg.partition(">")[0])
        + ">"
        + svg.partition(">")[2]
    )
    for colour, variable in _PAGE_COLOURS.items():
        svg = svg.replace(colour, f"var({variable}, {colour})")
    return _renumber_ids(svg.strip(), name).replace("<svg", '<svg aria-hidden="true" focusable="false"', 1)


def _renumber_ids(svg: str, name: str) -> str:
    """Replace matplotlib's ids, which are random or the same in each figure, by ``<name>-<number>``."""
    numbers: dict[str, str] = {}

    def renumber(match: re.Match[str]) -> str:
        number = numbers.setdefault(match[2], f"{name}-{len(numbers)}")
        return f"{match[1]}{number}"

    return re.sub(r'(\sid="|="#|url\(#)([^")]+)', renumber, svg)
