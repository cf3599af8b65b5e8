"""The report of a sweep: one HTML file that needs nothing but itself."""

from __future__ import annotations

import math
from importlib import resources

from regression_model.config import Config
from regression_model.evaluation import get_metric
from regression_model.evaluation.number_format import format_metric
from regression_model.evaluation.plots.canvas import (
    BLUE,
    INK,
    MUTED,
    VERMILLION,
    Plot,
    label_axes,
    new_axes,
    render_svg,
    use_compact_numbers,
    with_unit,
)
from regression_model.evaluation.report.html import Html, definitions, element, join, table
from regression_model.records.row_text import describe_parameters
from regression_model.sweep.describing import describe_decisions, describe_runs
from regression_model.sweep.records import SweepResult

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def build_sweep_report(config: Config, result: SweepResult, holdout: float | None) -> str:
    """Return the report as an HTML page; the same result gives the same text.

    Parameters
    ----------
    config : Config
        The one that the sweep began with.
    result : SweepResult
    holdout : float or None
        The metric of the best run's model on the holdout.

    Raises
    ------
    MissingExtraError
        If matplotlib isn't installed.
    """
    css = resources.files("regression_model.evaluation.report").joinpath("report.css").read_text(encoding="utf-8")
    head = element(
        "head",
        Html('<meta charset="utf-8">'),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        element("title", f"Sweep of {config.pipeline_name}"),
        element("style", Html(css)),
    )
    body = element(
        "body",
        element(
            "header",
            element("p", "Sweep report", class_="kicker"),
            element("h1", config.pipeline_name),
            element("p", _summarise(result), class_="summary"),
        ),
        element("main", *_build_sections(config, result, holdout)),
    )
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


def _summarise(result: SweepResult) -> str:
    counts = {status: sum(run.status == status for run in result.runs) for status in ("completed", "cancelled")}
    others = len(result.runs) - sum(counts.values())
    text = f"{len(result.runs)} runs: {counts['completed']} completed, {counts['cancelled']} given up, {others} failed"
    return text + ("; the clock ended the sweep early" if result.truncated else "")


def _build_sections(config: Config, result: SweepResult, holdout: float | None) -> list[Html]:
    metric, unit = get_metric(config.task, result.metric), config.target.unit
    best = result.best
    facts = [("metric", f"{metric.label}, the {'smaller' if result.goal == 'minimize' else 'larger'} the better")]
    if best is not None:
        facts += [
            ("best run", f"{best.number}: {describe_parameters(best.assignment)}"),
            ("on the rows that compare runs", format_metric(metric, best.score, unit)),
            ("its model on the holdout", format_metric(metric, holdout, unit)),
        ]
    header, rows = describe_runs(config, result)
    sections = [
        element("section", element("h2", "Result"), definitions(facts), id="result"),
        element("section", element("h2", "Learning curves"), _figure(plot_curves(config, result)), id="curves"),
        element("section", element("h2", "Runs"), table("Runs", header, rows, numbers_from=3), id="runs"),
    ]
    header, rows = describe_decisions(config, result)
    if rows:
        content = table("Runs that were given up", header, rows, numbers_from=2)
        sections.append(element("section", element("h2", "Decisions"), content, id="decisions"))
    return sections


def _figure(plot: Plot) -> Html:
    drawn = element("div", Html(plot.svg), role="img", aria_label=plot.description)
    return element("figure", drawn, element("figcaption", join(element("strong", plot.title), " ", plot.caption)))


def plot_curves(config: Config, result: SweepResult) -> Plot:
    """Draw the metric of each run after each interval: given-up runs in another colour, with a cross at their end."""
    metric = get_metric(config.task, result.metric)
    figure, axes = new_axes(6.4, 3.8)
    for run in result.runs:
        values = [value if math.isfinite(value) else math.nan for value in run.values]
        places = range(1, len(values) + 1)
        given_up, wins = run.verdict is not None, run is result.best
        colour = VERMILLION if given_up else INK if wins else BLUE
        axes.plot(places, values, color=colour, linewidth=2.2 if wins else 1.1, alpha=1 if wins else 0.7)
        if values:
            axes.plot(places[-1], values[-1], color=colour, marker="x" if given_up else "o", markersize=5)
            axes.annotate(str(run.number), (places[-1], values[-1]), (5, 0), textcoords="offset points", color=MUTED)
    label_axes(axes, result.interval_unit.capitalize(), with_unit(metric.label, config.target.unit))
    use_compact_numbers(axes)
    return Plot(
        "curves",
        "How the runs learn",
        "Each line is a run, with its number at the end; the best one is dark, and a cross ends one that was given up.",
        f"Line chart of {len(result.runs)} runs by {result.interval_unit}.",
        render_svg(figure, "curves"),
    )
