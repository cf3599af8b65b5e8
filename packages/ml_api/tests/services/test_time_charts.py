from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ml_api.services.time_charts import HEIGHT, MOST_BARS, build_time_charts, tabulate

NOW = datetime(2026, 3, 10, 12, 30, tzinfo=UTC)


def _period(start: datetime, n_requests: int, *, n_refused: int = 0, p95_ms: float | None = 10.0):
    text = start.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"start": text, "n_requests": n_requests, "n_rows": 10, "n_refused": n_refused, "p95_ms": p95_ms}


def _days_ago(*numbers: int):
    midnight = NOW.replace(hour=0, minute=0)
    return [_period(midnight - timedelta(days=number), number + 1) for number in numbers]


def _draw(days=(), hours=(), *, since=None, by_hour=False):
    return build_time_charts({"days": days, "hours": hours}, since=since, until=NOW, by_hour=by_hour)


def test_without_a_request_there_is_nothing_to_draw():
    assert _draw() == ()
    assert tabulate(()) == ()


def test_the_axis_goes_from_what_was_asked_for_to_now():
    [requests, *_] = _draw(_days_ago(5, 2), since=NOW - timedelta(days=7))
    assert (requests.first, requests.last, requests.n_slots) == ("03 Mar 2026", "10 Mar 2026", 8)
    # Silence shows: the last bar is two days from the end.
    assert [int(bar.x) for bar in requests.bars] == [2, 5]
    assert [bar.when for bar in requests.bars] == ["05 Mar 2026", "08 Mar 2026"]


@pytest.mark.parametrize(("days_ago", "n_slots"), [(0, 7), (3, 7), (20, 21)])
def test_everything_begins_with_the_first_request_but_a_week_is_the_least(days_ago, n_slots):
    assert _draw(_days_ago(days_ago))[0].n_slots == n_slots


def test_a_year_is_the_most_and_what_was_before_is_left_out():
    [requests, *_] = _draw(_days_ago(1000, 1))
    assert requests.n_slots == MOST_BARS
    assert [(bar.when, int(bar.x)) for bar in requests.bars] == [("09 Mar 2026", MOST_BARS - 2)]


def test_the_longest_bar_fills_the_chart():
    [requests, latency, refused] = _draw(
        [
            _period(NOW - timedelta(days=1), 1, n_refused=5, p95_ms=None),
            _period(NOW, 4, n_refused=0, p95_ms=123.456),
        ]
    )
    assert [(bar.text, bar.y, bar.height) for bar in requests.bars] == [("1", 75, 25), ("4", 0, HEIGHT)]
    assert [(bar.text, bar.height) for bar in latency.bars] == [("123 ms", HEIGHT)]
    assert [(bar.text, bar.height) for bar in refused.bars] == [("50%", HEIGHT), ("0%", 0)]
    assert (requests.most, latency.most, refused.most) == ("4", "123 ms", "50%")


def test_where_nothing_was_refused_bars_have_no_height():
    assert [bar.height for bar in _draw(_days_ago(3, 1))[2].bars] == [0, 0]


def test_by_the_hour():
    hours = [_period(NOW.replace(minute=0) - timedelta(hours=number), 1) for number in (30, 3, 0)]
    [requests, *_] = _draw(hours=hours, since=NOW - timedelta(days=1), by_hour=True)
    assert (requests.title, requests.n_slots) == ("Requests per hour", 25)
    assert [bar.when for bar in requests.bars] == ["10 Mar 09:00", "10 Mar 12:00"]


def test_numbers_are_told_latest_first():
    rows = tabulate(_draw([_period(NOW - timedelta(days=1), 1200, p95_ms=None), _period(NOW, 4)]))
    assert [(row.when, row.texts) for row in rows] == [
        ("10 Mar 2026", ("4", "10 ms", "0%")),
        ("09 Mar 2026", ("1,200", "", "0%")),
    ]
