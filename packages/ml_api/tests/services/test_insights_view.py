from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime

import pytest

from ml_api.services.insights import Insights, RecentInsights
from ml_api.services.insights.results import (
    Accuracy,
    Drift,
    DriftReport,
    Latency,
    LiveMetric,
    LogFacts,
    ModelFacts,
    Period,
    Reason,
    Refusals,
    Traffic,
    VersionAccuracy,
    VersionTraffic,
)
from ml_api.services.insights_view import build_insights_view

DRIFT = DriftReport(0, 100, 0.1, 0.25, Drift("prediction", "too_few_rows"), (Drift("area", "too_few_rows"),))
EMPTY = Insights(
    log=LogFacts(None, None, None, 0),
    model=ModelFacts("1.0.0", "a" * 64, "regression"),
    traffic=Traffic(0, 0, (), (), {}, ()),
    latency=Latency(0, None, None, None),
    refusals=Refusals(0, None, ()),
    accuracy=Accuracy(0, 0, ()),
    drift=DRIFT,
)
DAY = Period("2026-03-09T00:00:00Z", 2000, 8000, 80, 123.456)
FULL = replace(
    EMPTY,
    log=LogFacts("2026-03-03T12:00:00Z", "2026-03-09T10:00:00Z", "2026-03-09T11:00:00Z", 3),
    traffic=Traffic(2000, 8000, (DAY,), (), {"200": 1990, "422": 10}, (VersionTraffic("1.0.0", "a" * 64, 2000, 8000),)),
    latency=Latency(2000, 12.3456, 123.456, 2345.6),
    refusals=Refusals(80, 0.01, (Reason("missing_value", 80, 0.01, {"a": 40, "b": 30, "c": 20, "d": 10}),)),
    accuracy=Accuracy(
        12,
        2,
        (
            VersionAccuracy("1.0.0", "a" * 64, 9, (LiveMetric("mae", 9, 17_400.4, 16_000.0),)),
            VersionAccuracy("0.9.0", "b" * 64, 1, (LiveMetric("accuracy", 1, 0.875, None),)),
        ),
    ),
)


def _view(insights: Insights, **parts):
    now = datetime(2026, 3, 10, 12, 30, 15, tzinfo=UTC)
    return build_insights_view(RecentInsights(asdict(insights), now), **{"n_days": 7, "unit": "USD", **parts})


def test_numbers_are_for_reading():
    assert [(figure.label, figure.text, figure.remark) for figure in _view(FULL).figures] == [
        ("Requests", "2,000", "8,000 rows"),
        ("Median latency", "12.3 ms", "95%: 123 ms · 99%: 2.3 s"),
        ("Failed requests", "0.5%", "10 requests"),
        ("Refused rows", "1.0%", "80 rows"),
        ("Shifted features", "\N{EN DASH}", "too few rows"),
    ]


def test_it_says_what_it_is_about():
    view = _view(FULL)
    assert view.collected == "12:30:15 UTC"
    assert view.period == "09 Mar 2026 10:00 to 09 Mar 2026 11:00 UTC"
    assert view.statuses == (("200", "1,990", "99.5%"), ("422", "10", "0.5%"))
    assert view.charts[0].n_slots == 8
    assert view.table[0].texts == ("2,000", "123 ms", "1%")


def test_reasons_name_the_fields_that_are_concerned_most():
    [reason] = _view(FULL).reasons
    assert (reason.reason, reason.n_rows, reason.share) == ("missing value", "80", "1.0%")
    assert reason.fields == (("a", "40"), ("b", "30"), ("c", "20"))


def test_metrics_stand_beside_those_of_the_training():
    loaded, other = _view(FULL).accuracy
    assert (loaded.is_loaded, other.is_loaded) == (True, False)
    [mae], [accuracy] = loaded.metrics, other.metrics
    assert (mae.name, mae.live, mae.holdout, mae.n_rows) == ("Mean absolute error", "17,400 USD", "16,000 USD", "9")
    assert (accuracy.live, accuracy.holdout) == ("87.5%", "\N{EN DASH}")
    assert _view(FULL, unit="").accuracy[0].metrics[0].live == "17,400"


@pytest.mark.parametrize("n_days", [1, 7, None])
def test_an_empty_log_is_no_error(n_days):
    view = _view(EMPTY, n_days=n_days)
    assert view.is_empty
    assert (view.charts, view.table, view.period, view.accuracy) == ((), (), "", ())
    assert view.figures[2].text == "\N{EN DASH}"
