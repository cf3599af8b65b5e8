"""A row of the leaderboard in words: few digits, with their units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from regression_model.evaluation.metrics import Metric
from regression_model.evaluation.number_format import MISSING, format_metric

if TYPE_CHECKING:
    from regression_model.records.leaderboard import Row

HEADER = ("", "trial", "family", "hyperparameters", "score", "95% interval", "holdout", "fit", "one row", "size")
"""Titles of the columns for people; those from ``score`` on are numbers."""
FIRST_NUMBER = 4
AS_IT_STANDS = "the configuration as it stands"
MAX_PARAMETERS = 4
"""So many hyperparameters fit into a terminal."""


def describe_row(
    row: Row, metric: Metric[Any], unit: str | None = None, *, max_parameters: int | None = MAX_PARAMETERS
) -> tuple[str, ...]:
    """Return the cells of a row for people, as many as `HEADER` has.

    Parameters
    ----------
    row : Row
    metric : Metric
    unit : str, optional
        That of the target.
    max_parameters : int, optional
        Hyperparameters behind the first so many are left out; None for all.
    """
    if row.score is None:
        return ("", str(row.number), row.family, row.reason or row.status, row.status, *[""] * 5)
    interval = MISSING
    if row.low is not None and row.high is not None:
        interval = f"{format_precise(metric, row.low)} to {format_precise(metric, row.high)}"
    return (
        f"{row.rank}{'*' if row.winner else ''}",
        str(row.number),
        row.family,
        describe_parameters(row.parameters, max_parameters) or (AS_IT_STANDS if row.origin == "baseline" else ""),
        format_precise(metric, row.score, unit),
        interval,
        format_precise(metric, row.holdout) if row.holdout is not None else "",
        describe_time(row.fit_time_s),
        describe_latency(row),
        describe_size(row.size_bytes),
    )


def format_precise(metric: Metric[Any], value: float, unit: str | None = None) -> str:
    """Write a score so that neighbours on a leaderboard can be told apart: scores with four decimals."""
    if metric.unit == "score" and abs(value) < 100:
        return f"{value:.4f}"
    return format_metric(metric, value, unit)


def describe_parameters(parameters: Mapping[str, Any], max_shown: int | None = None) -> str:
    """Write hyperparameters in one line; of more than `max_shown`, the first.

    Examples
    --------
    >>> describe_parameters({"learning_rate": 0.051234, "max_depth": None})
    'learning_rate=0.05123; max_depth=none'
    >>> describe_parameters({"hidden_layers": [64, 32]})
    'hidden_layers=[64, 32]'
    >>> describe_parameters({"a": 1, "b": 2, "c": 3}, 1)
    'a=1; ...'
    """
    words = [f"{name}={_short(value)}" for name, value in parameters.items()]
    shown = words if max_shown is None or len(words) <= max_shown else [*words[:max_shown], "..."]
    return "; ".join(shown)


def describe_time(seconds: float | None) -> str:
    """Write a time of fitting."""
    return MISSING if seconds is None else f"{seconds:.1f} s" if seconds >= 0.1 else f"{1000 * seconds:.0f} ms"


def describe_latency(row: Row) -> str:
    """Write the time to predict one row; a model without a compiled form is marked."""
    if row.latency_ms is None:
        return MISSING
    return f"{row.latency_ms:.3g} ms{'' if row.compiled else ' (not compiled)'}"


def describe_size(size_bytes: int | None) -> str:
    """Write a size in kB or MB, of 10^3 and 10^6 bytes."""
    if size_bytes is None:
        return MISSING
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes >= 1e6 else f"{size_bytes / 1e3:.0f} kB"


def _short(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_short, value))}]"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
