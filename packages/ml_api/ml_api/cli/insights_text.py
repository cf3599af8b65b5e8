"""Insights as text, for people at a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ml_api.services.insights.results import Drift, Insights, LiveMetric

N_DAYS = 14
N_REASONS = 10

_LEVELS = {
    "major": "MAJOR",
    "moderate": "moderate",
    "stable": "stable",
    "too_few_rows": "too few rows",
    "redacted": "redacted",
    "no_baseline": "no baseline",
}


def describe_insights(insights: Insights) -> str:
    """Return insights as sections of aligned columns."""
    sections: tuple[Callable[[Insights], Iterable[str]], ...] = (
        _describe_log,
        _describe_traffic,
        _describe_refusals,
        _describe_accuracy,
        _describe_drift,
    )
    return "\n\n".join("\n".join(section(insights)) for section in sections)


def align(header: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1) -> Iterator[str]:
    """Put cells under each other: the first columns to the left, the others, which are numbers, to the right.

    Examples
    --------
    >>> for line in align(("day", "rows"), [("Monday", "12"), ("Friday", "1,200")]):
    ...     print(line)
    day      rows
    Monday     12
    Friday  1,200
    """
    table = [list(header), *(list(map(_printable, row)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = [
            cell.ljust(width) if index < left else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def _describe_log(insights: Insights) -> Iterator[str]:
    log, model = insights.log, insights.model
    yield f"Model {model.version} ({model.task}), digest {model.digest[:12]}"
    if log.first is None:
        yield "No prediction in the log" + (f" since {log.since}." if log.since else ".")
    else:
        yield f"Predictions from {log.first} to {log.last}"
    if log.n_unreadable:
        yield f"{log.n_unreadable:,} lines are no record (half-written, foreign, or over 16 MiB) and were left out."


def _describe_traffic(insights: Insights) -> Iterator[str]:
    traffic, latency = insights.traffic, insights.latency
    yield f"TRAFFIC: {traffic.n_requests:,} requests, {traffic.n_rows:,} rows"
    if not traffic.n_requests:
        return
    yield f"Latency in ms: p50 {_number(latency.p50_ms)}, p95 {_number(latency.p95_ms)}, p99 {_number(latency.p99_ms)}"
    yield "Status: " + ", ".join(f"{status} {count:,} times" for status, count in traffic.statuses.items())
    days = [(period.start[:10], f"{period.n_requests:,}", f"{period.n_rows:,}") for period in traffic.days[-N_DAYS:]]
    yield from align(("day", "requests", "rows"), days)
    if len(traffic.versions) > 1:
        versions = [
            (item.version, item.digest[:12], f"{item.n_requests:,}", f"{item.n_rows:,}") for item in traffic.versions
        ]
        yield from align(("model", "digest", "requests", "rows"), versions, left=2)


def _describe_refusals(insights: Insights) -> Iterator[str]:
    refusals = insights.refusals
    share = f", {_percent(refusals.fraction)} of all" if refusals.fraction is not None else ""
    yield f"REFUSED: {refusals.n_rows:,} rows{share}"
    rows = [
        (
            reason.reason,
            ", ".join(f"{name} {count:,}" for name, count in list(reason.fields.items())[:3]),
            f"{reason.n_rows:,}",
            _percent(reason.fraction),
        )
        for reason in refusals.reasons[:N_REASONS]
    ]
    if rows:
        yield from align(("reason", "mostly", "rows", "of all"), rows, left=2)


def _describe_accuracy(insights: Insights) -> Iterator[str]:
    accuracy = insights.accuracy
    yield f"ACCURACY: {accuracy.n_outcomes:,} outcomes came back"
    if accuracy.n_unmatched:
        yield f"{accuracy.n_unmatched:,} of them are of rows that this part of the log does not hold, or were refused."
    rows = [
        (version.version, version.digest[:12], metric.name, f"{metric.n_rows:,}", *_values(metric))
        for version in accuracy.versions
        for metric in version.metrics
    ]
    if rows:
        yield from align(("model", "digest", "metric", "rows", "live", "holdout"), rows, left=3)


def _values(metric: LiveMetric) -> tuple[str, str]:
    write = _percent if metric.name in ("mape", "accuracy") else _number
    return write(metric.value), write(metric.holdout)


def _describe_drift(insights: Insights) -> Iterator[str]:
    drift = insights.drift
    yield f"DRIFT of {drift.n_rows:,} rows that this model predicted, against its training data"
    yield (
        f"PSI below {drift.moderate:g}: stable; from {drift.moderate:g}: moderate, look into it; from {drift.major:g}: "
        "major, other rows than it learned from."
    )
    yield (
        "Shifts that chance alone makes once in a hundred times (last column) count as stable; fewer than "
        f"{drift.minimum_rows} rows are too few."
    )
    found = sorted(drift.features, key=lambda item: -(item.psi if item.psi is not None else -1.0))
    header = ("feature", "drift", "rows", "PSI", "missing", "unseen", "chance")
    yield from align(
        header, [_drift_cells("(prediction)", drift.prediction), *(_drift_cells(d.name, d) for d in found)], left=2
    )


def _drift_cells(name: str, drift: Drift) -> tuple[str, ...]:
    missing = next((item.actual for item in drift.bins if item.label == "missing"), 0.0 if drift.bins else None)
    return (
        name,
        _LEVELS[drift.level],
        f"{drift.n_rows:,}",
        *("" if value is None else f"{value:.3f}" for value in (drift.psi,)),
        *("" if value is None else _percent(value) for value in (missing, drift.unseen)),
        "" if drift.chance is None else f"{drift.chance:.3f}",
    )


def _percent(fraction: float | None) -> str:
    return "" if fraction is None else f"{100 * fraction:.1f}%"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.4g}" if abs(value) < 1_000 else f"{value:,.0f}"


def _printable(text: str) -> str:
    """Keep what was written into the log by others from moving the cursor."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
