"""Tables for people: metrics with their intervals, rows by what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

    from regression_model.evaluation import Evaluation


def metrics_table(evaluation: Evaluation, *, unit: str | None, title: str) -> Table:
    """Show each metric with its confidence interval.

    Parameters
    ----------
    evaluation : Evaluation
    unit : str or None
        That of the target.
    title : str
    """
    from regression_model.evaluation import get_metric
    from regression_model.evaluation.number_format import format_interval, format_metric

    rows = []
    for measured in evaluation.metrics:
        metric = get_metric(evaluation.task, measured.name)
        value = format_metric(metric, measured.value, unit)
        better = "lower" if metric.direction == "minimize" else "higher"
        rows.append((metric.label, value, format_interval(metric, measured, unit), better))
    interval = f"{evaluation.confidence * 100:g}% interval"
    return plain_table(title, ("metric", "value", interval, "better"), rows, numbers=(1, 2))


def fold_table(task: str, cross_validation: Mapping[str, Any], *, unit: str | None) -> Table:
    """Show the mean and the standard deviation of each metric over the folds."""
    from regression_model.evaluation import get_metrics
    from regression_model.evaluation.number_format import format_metric

    rows = []
    for name, metric in get_metrics(task).items():
        found = cross_validation["metrics"].get(name, {})
        mean, deviation = (format_metric(metric, found.get(key), unit) for key in ("mean", "std"))
        rows.append((metric.label, mean, deviation))
    title = f"Cross-validation, {cross_validation['folds']} folds"
    return plain_table(title, ("metric", "mean", "deviation"), rows, numbers=(1, 2))


def describe_form(content: Mapping[str, Any]) -> str:
    """Say which form of a model makes its predictions, and why, if it is the slow one."""
    if content.get("compiled"):
        return "its compiled form, which needs neither scikit-learn nor pandas"
    reason = content.get("compiled_reason")
    return f"its scikit-learn pipeline{f', because it can not be compiled: {reason}' if reason else ''}"


def facts_table(title: str, facts: Iterable[tuple[str, object]]) -> Table:
    """Show names and values, without a header."""
    table = plain_table(title, ("", ""), [(name, str(value)) for name, value in facts])
    table.show_header = False
    table.columns[0].style = "dim"
    return table


def plain_table(
    title: str, header: Iterable[str], rows: Iterable[Iterable[str]], *, numbers: Iterable[int] = ()
) -> Table:
    """Return a table without frame; columns named in `numbers`, from 0, are flush right."""
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(title, style="bold"), title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    right = set(numbers)
    for place, name in enumerate(header):
        table.add_column(Text(name), justify="right" if place in right else "left", header_style="dim", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))  # no markup: names come from the data
    return table
