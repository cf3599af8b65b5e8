from __future__ import annotations

from datetime import timedelta

import pytest

from ml_api.services.insights.log_database import open_log
from ml_api.services.insights.results import Latency, Period, Refusals, VersionTraffic
from ml_api.services.insights.traffic import count_refusals, find_period, measure_latency, measure_traffic


def test_an_empty_folder_has_no_traffic(tmp_path):
    with open_log(tmp_path) as log:
        traffic = measure_traffic(log.connection)
        assert (traffic.n_requests, traffic.n_rows, traffic.days, traffic.versions) == (0, 0, (), ())
        assert measure_latency(log.connection) == Latency(0, None, None, None)
        assert count_refusals(log.connection) == Refusals(0, None, ())
        assert find_period(log.connection) == (None, None)


def test_requests_and_rows_by_day_and_hour(log):
    for hours, n_rows in ((0, 1), (1, 2), (1.5, 3), (25, 4), (72, 5)):
        log.predict([{}] * n_rows, [1.0] * n_rows, after=timedelta(hours=hours))
    with open_log(log.folder) as opened:
        traffic = measure_traffic(opened.connection)
        assert find_period(opened.connection) == ("2026-03-01T00:00:00Z", "2026-03-04T00:00:00Z")
    assert (traffic.n_requests, traffic.n_rows) == (5, 15)
    assert traffic.days == (
        Period("2026-03-01T00:00:00Z", 3, 6, n_refused=0, p95_ms=1.0),
        Period("2026-03-02T00:00:00Z", 1, 4, n_refused=0, p95_ms=1.0),
        Period("2026-03-04T00:00:00Z", 1, 5, n_refused=0, p95_ms=1.0),
    )
    # The last 48 hours only.
    assert traffic.hours == (
        Period("2026-03-02T01:00:00Z", 1, 4, n_refused=0, p95_ms=1.0),
        Period("2026-03-04T00:00:00Z", 1, 5, n_refused=0, p95_ms=1.0),
    )


def test_refused_rows_and_latency_by_day(log):
    errors = {0: [("area", "missing_value")], 2: [("area", "missing_value")]}
    log.predict([{}] * 3, [None, 1.0, None], errors=errors, latency_ms=10.0)
    log.predict([{}], [1.0], latency_ms=30.0)
    log.predict([{}], [1.0], latency_ms=1000.0, first_row=500)  # a later part of a stream
    with open_log(log.folder) as opened:
        [day] = measure_traffic(opened.connection).days
    assert day == Period("2026-03-01T00:00:00Z", 2, 5, n_refused=2, p95_ms=pytest.approx(29.0))


def test_a_streamed_request_is_one_request(log):
    for chunk in range(4):
        log.predict([{}] * 10, [1.0] * 10, prediction_id="stream", first_row=10 * chunk, latency_ms=100.0 * (chunk + 1))
    with open_log(log.folder) as opened:
        traffic = measure_traffic(opened.connection)
        assert measure_latency(opened.connection) == Latency(1, 100.0, 100.0, 100.0)
    assert (traffic.n_requests, traffic.n_rows) == (1, 40)
    assert traffic.statuses == {"200": 1}


def test_models_and_statuses_are_told_apart(log, made):
    log.predict([{}], [1.0])
    log.predict([{}], [1.0])
    log.predict([{}], [None], status=422, errors={0: [(None, "not_an_object")]}, artifact_digest="other")
    with open_log(log.folder) as opened:
        traffic = measure_traffic(opened.connection)
    assert traffic.statuses == {"200": 2, "422": 1}
    assert traffic.versions == (VersionTraffic("1.0.0", made.digest, 2, 2), VersionTraffic("1.0.0", "other", 1, 1))


def test_latency_percentiles(log):
    for latency_ms in range(101):
        log.predict([{}], [1.0], latency_ms=float(latency_ms))
    with open_log(log.folder) as opened:
        latency = measure_latency(opened.connection)
    assert latency == Latency(101, pytest.approx(50), pytest.approx(95), pytest.approx(99))


def test_refused_rows_by_reason(log):
    log.predict([{}] * 6, [1.0] * 6)
    log.predict(
        [{}] * 4,
        [1.0, None, None, None],
        errors={
            1: [("area", "missing_value"), ("town", "missing_value")],
            2: [("area", "missing_value"), ("garden", "wrong_type")],
            3: [(None, "not_an_object")],
        },
    )
    with open_log(log.folder) as opened:
        refusals = count_refusals(opened.connection)
    assert (refusals.n_rows, refusals.fraction) == (3, 0.3)
    # A row with two errors of one reason is one row of that reason.
    assert [(reason.reason, reason.n_rows, reason.fraction) for reason in refusals.reasons] == [
        ("missing_value", 2, 0.2),
        ("not_an_object", 1, 0.1),
        ("wrong_type", 1, 0.1),
    ]
    assert [dict(reason.fields) for reason in refusals.reasons] == [{"area": 2, "town": 1}, {}, {"garden": 1}]
