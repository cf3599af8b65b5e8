"""What happened hour by hour, or day by day, as bars that a page draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ml_api.services.number_text import format_number

HEIGHT = 100.0
MOST_BARS = 366
"""A year of days: with more, each would be thinner than a pixel on a phone."""

_FEWEST_DAYS = 7
_GAP = 0.2


@dataclass(frozen=True)
class TimeBar:
    """One hour or day: where its bar lies in a chart of `HEIGHT`, with a width of 1 for each, and what it says."""

    when: str
    text: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class TimeChart:
    """One measure over time.

    Attributes
    ----------
    title : str
    most : str
        The largest value, in words: the top of the chart.
    first, last : str
        Ends of the axis.
    kind : str
        Names the colour: ``traffic``, ``latency`` or ``refused``.
    n_slots : int
        Hours or days on the axis, also those in which nothing happened.
    bars : tuple of TimeBar
        Those in which something did.
    """

    title: str
    most: str
    first: str
    last: str
    kind: str
    n_slots: int
    bars: tuple[TimeBar, ...]


@dataclass(frozen=True)
class TimeRow:
    """One hour or day in words: a text for each chart, empty where it has none."""

    when: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class _Axis:
    start: datetime
    step: timedelta
    n_slots: int
    style: str

    def find_slot(self, moment: datetime) -> int:
        return (moment - self.start) // self.step

    def write(self, slot: int) -> str:
        return f"{self.start + slot * self.step:{self.style}}"


def build_time_charts(
    traffic: Mapping[str, Any], *, since: datetime | None, until: datetime, by_hour: bool
) -> tuple[TimeChart, ...]:
    """Draw requests, latency and refused rows on one axis, which ends now: silence shows too.

    Parameters
    ----------
    traffic : mapping
        See `Traffic`, as JSON.
    since : datetime or None
        Beginning of the axis; None: with the first request.
    until : datetime
        Its end.
    by_hour : bool
        Whether a bar stands for an hour, and not for a day.

    Returns
    -------
    tuple of TimeChart
        Empty without a request.
    """
    periods = traffic["hours"] if by_hour else traffic["days"]
    if not periods:
        return ()
    axis = _build_axis(since, _read_time(periods[0]["start"]), until, by_hour=by_hour)
    unit = "hour" if by_hour else "day"
    measures: tuple[tuple[str, str, Callable[[Mapping[str, Any]], float | None], str], ...] = (
        (f"Requests per {unit}", "traffic", lambda period: period["n_requests"], ""),
        ("p95 latency", "latency", lambda period: period["p95_ms"], " ms"),
        ("Refused rows", "refused", _find_refused_percentage, "%"),
    )
    return tuple(_build_chart(title, kind, axis, periods, measure, unit) for title, kind, measure, unit in measures)


def tabulate(charts: Sequence[TimeChart]) -> tuple[TimeRow, ...]:
    """Put the numbers of charts with the same axis beside each other, latest first."""
    texts = [{bar.when: bar.text for bar in chart.bars} for chart in charts]
    moments = [bar.when for bar in charts[0].bars] if charts else []
    return tuple(TimeRow(when, tuple(column.get(when, "") for column in texts)) for when in reversed(moments))


def _build_axis(since: datetime | None, first: datetime, until: datetime, *, by_hour: bool) -> _Axis:
    step = timedelta(hours=1) if by_hour else timedelta(days=1)
    begin = min(since or first, until if by_hour else until - (_FEWEST_DAYS - 1) * step)
    start = begin.replace(minute=0, second=0, microsecond=0)
    start = start if by_hour else start.replace(hour=0)
    n_slots = (until - start) // step + 1
    if n_slots > MOST_BARS:
        start, n_slots = start + (n_slots - MOST_BARS) * step, MOST_BARS
    return _Axis(start, step, n_slots, "%d %b %H:%M" if by_hour else "%d %b %Y")


def _build_chart(
    title: str,
    kind: str,
    axis: _Axis,
    periods: Sequence[Mapping[str, Any]],
    measure: Callable[[Mapping[str, Any]], float | None],
    unit: str,
) -> TimeChart:
    found = [(axis.find_slot(_read_time(period["start"])), measure(period)) for period in periods]
    shown = [(slot, value) for slot, value in found if value is not None and 0 <= slot < axis.n_slots]
    most = max((value for _, value in shown), default=0.0)
    return TimeChart(
        title=title,
        most=_write(most, unit),
        first=axis.write(0),
        last=axis.write(axis.n_slots - 1),
        kind=kind,
        n_slots=axis.n_slots,
        bars=tuple(
            TimeBar(
                when=axis.write(slot),
                text=_write(value, unit),
                x=round(slot + _GAP / 2, 2),
                y=round(HEIGHT - height, 2),
                width=1 - _GAP,
                height=round(height, 2),
            )
            for slot, value in shown
            for height in [HEIGHT * value / most if most else 0.0]
        ),
    )


def _write(value: float, unit: str) -> str:
    return f"{format_number(float(f'{value:.3g}')) if unit else f'{value:,}'}{unit}"


def _find_refused_percentage(period: Mapping[str, Any]) -> float | None:
    n_rows: int = period["n_rows"]
    return 100 * period["n_refused"] / n_rows if n_rows else None


def _read_time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
