"""Insights as a page shows them: numbers in words, distributions as bars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ml_api.services.drift_view import DriftView, build_drift_view
from ml_api.services.insights import RecentInsights
from ml_api.services.number_text import format_number, format_share
from ml_api.services.time_charts import TimeChart, TimeRow, build_time_charts, tabulate

NOTHING = "\N{EN DASH}"

_MOST_REASONS = 10
_MOST_FIELDS = 3

_METRICS = {
    "mae": "Mean absolute error",
    "rmse": "Root mean squared error",
    "mape": "Mean absolute percentage error",
    "accuracy": "Accuracy",
    "log_loss": "Log loss",
}
_SHARES = ("mape", "accuracy")
_IN_TARGET_UNIT = ("mae", "rmse")


@dataclass(frozen=True)
class Figure:
    """A number that matters, with its name and perhaps a remark."""

    label: str
    text: str
    remark: str = ""


@dataclass(frozen=True)
class ReasonLine:
    """Why rows were refused, how many, and in which fields most often."""

    reason: str
    n_rows: str
    share: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class MetricLine:
    """A metric of predictions whose outcome is known, beside that on the holdout; empty where there is none."""

    name: str
    live: str
    holdout: str
    n_rows: str


@dataclass(frozen=True)
class VersionMetrics:
    """How right one model was."""

    version: str
    digest: str
    is_loaded: bool
    metrics: tuple[MetricLine, ...]


@dataclass(frozen=True)
class InsightsView:
    """All that the page shows."""

    is_empty: bool
    version: str
    collected: str
    period: str
    n_unreadable: int
    figures: tuple[Figure, ...]
    charts: tuple[TimeChart, ...]
    table: tuple[TimeRow, ...]
    statuses: tuple[tuple[str, str, str], ...]
    versions: tuple[tuple[str, str, str, str], ...]
    reasons: tuple[ReasonLine, ...]
    accuracy: tuple[VersionMetrics, ...]
    n_outcomes: int
    n_unmatched: int
    drift: DriftView


def build_insights_view(recent: RecentInsights, *, n_days: int | None, unit: str) -> InsightsView:
    """Bring insights into the form in which a page shows them.

    Parameters
    ----------
    recent : RecentInsights
    n_days : int or None
        What was asked for.
    unit : str
        Of the target; may be empty.
    """
    found = recent.document
    log, traffic, accuracy = found["log"], found["traffic"], found["accuracy"]
    drift = build_drift_view(found["drift"])
    until = recent.collected.astimezone(UTC)
    charts = build_time_charts(traffic, since=_read_time(log["since"]), until=until, by_hour=n_days == 1)
    return InsightsView(
        is_empty=not traffic["n_requests"],
        version=found["model"]["version"],
        collected=f"{until:%H:%M:%S} UTC",
        period="" if log["first"] is None else f"{_write_minute(log['first'])} to {_write_minute(log['last'])} UTC",
        n_unreadable=log["n_unreadable"],
        figures=_build_figures(found, drift),
        charts=charts,
        table=tabulate(charts),
        statuses=tuple(
            (status, f"{count:,}", _percent(count / traffic["n_requests"]))
            for status, count in traffic["statuses"].items()
        ),
        versions=tuple(
            (item["version"], item["digest"][:12], f"{item['n_requests']:,}", f"{item['n_rows']:,}")
            for item in traffic["versions"]
        ),
        reasons=tuple(_build_reason(reason) for reason in found["refusals"]["reasons"][:_MOST_REASONS]),
        accuracy=tuple(_build_version(item, found["model"]["digest"], unit) for item in accuracy["versions"]),
        n_outcomes=accuracy["n_outcomes"],
        n_unmatched=accuracy["n_unmatched"],
        drift=drift,
    )


def _build_figures(found: Mapping[str, Any], drift: DriftView) -> tuple[Figure, ...]:
    traffic, latency, refusals = found["traffic"], found["latency"], found["refusals"]
    n_failed = sum(count for status, count in traffic["statuses"].items() if int(status) >= 400)
    n_requests = traffic["n_requests"]
    indexed = len(drift.features)
    percentiles = [_milliseconds(latency[name]) for name in ("p50_ms", "p95_ms", "p99_ms")]
    return (
        Figure("Requests", f"{n_requests:,}", f"{traffic['n_rows']:,} rows"),
        Figure("Median latency", percentiles[0], f"95%: {percentiles[1]} · 99%: {percentiles[2]}"),
        Figure("Failed requests", _percent(n_failed / n_requests if n_requests else None), f"{n_failed:,} requests"),
        Figure("Refused rows", _percent(refusals["fraction"]), f"{refusals['n_rows']:,} rows"),
        Figure(
            "Shifted features",
            str(drift.n_shifted) if indexed else NOTHING,
            f"of {indexed} that were compared" if indexed else "too few rows",
        ),
    )


def _build_reason(reason: Mapping[str, Any]) -> ReasonLine:
    fields = list(reason["fields"].items())[:_MOST_FIELDS]
    return ReasonLine(
        reason=str(reason["reason"]).replace("_", " "),
        n_rows=f"{reason['n_rows']:,}",
        share=_percent(reason["fraction"]),
        fields=tuple((name, f"{count:,}") for name, count in fields),
    )


def _build_version(item: Mapping[str, Any], loaded: str, unit: str) -> VersionMetrics:
    return VersionMetrics(
        version=item["version"],
        digest=item["digest"][:12],
        is_loaded=item["digest"] == loaded,
        metrics=tuple(
            MetricLine(
                name=_METRICS.get(metric["name"], metric["name"]),
                live=_write_metric(metric["name"], metric["value"], unit),
                holdout=_write_metric(metric["name"], metric["holdout"], unit),
                n_rows=f"{metric['n_rows']:,}",
            )
            for metric in item["metrics"]
        ),
    )


def _write_metric(name: str, value: float | None, unit: str) -> str:
    if value is None:
        return NOTHING
    if name in _SHARES:
        return _percent(value)
    return f"{format_number(value)} {unit}".strip() if name in _IN_TARGET_UNIT else format_number(value)


def _percent(fraction: float | None) -> str:
    return NOTHING if fraction is None else format_share(fraction)


def _milliseconds(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.3g} ms" if value < 999.5 else f"{value / 1_000:.1f} s"


def _read_time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)


def _write_minute(text: str) -> str:
    return f"{datetime.fromisoformat(text):%d %b %Y %H:%M}"
