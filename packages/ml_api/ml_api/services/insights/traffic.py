"""Traffic, latency and refused rows, from what was answered."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ml_api.services.insights.results import Latency, Period, Reason, Refusals, Traffic, VersionTraffic

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Of a streamed request, which has several lines, only the first counts as a request.
_TOTAL = "SELECT count(*) FILTER (first_row = 0), coalesce(sum(n_rows), 0)::BIGINT FROM answers"
_PERIODS = """
SELECT date_trunc($step, time)::TIMESTAMP AS start, count(*) FILTER (first_row = 0), sum(n_rows)::BIGINT,
    coalesce(sum(cardinality(errors)), 0)::BIGINT, quantile_cont(latency_ms, 0.95) FILTER (first_row = 0)
FROM answers
WHERE $n_hours IS NULL OR time > (SELECT max(time) FROM answers) - to_hours($n_hours)
GROUP BY start ORDER BY start
"""
_HOURS = 48
_STATUSES = "SELECT status, count(*) FROM answers WHERE first_row = 0 GROUP BY status ORDER BY status"
_VERSIONS = """
SELECT model_version, artifact_digest, count(*) FILTER (first_row = 0) AS n_requests, sum(n_rows)::BIGINT
FROM answers GROUP BY model_version, artifact_digest ORDER BY n_requests DESC, model_version, artifact_digest
"""
_LATENCY = """
SELECT count(latency_ms), quantile_cont(latency_ms, [0.5, 0.95, 0.99]) FROM answers WHERE first_row = 0
"""
_REFUSED = "SELECT coalesce(sum(cardinality(errors)), 0)::BIGINT FROM answers"
_REASONS = """
SELECT reason, count(*) AS n
FROM (
    SELECT unnest(list_distinct([error.reason for error in errors_of_row])) AS reason
    FROM (SELECT unnest(map_values(errors)) AS errors_of_row FROM answers WHERE cardinality(errors) > 0)
)
GROUP BY reason ORDER BY n DESC, reason
"""
_FIELDS = """
SELECT error.reason, error.field, count(*) AS n
FROM (
    SELECT unnest(errors_of_row) AS error
    FROM (SELECT unnest(map_values(errors)) AS errors_of_row FROM answers WHERE cardinality(errors) > 0)
)
WHERE error.field IS NOT NULL GROUP BY ALL ORDER BY n DESC, error.field
"""


def measure_traffic(connection: DuckDBPyConnection) -> Traffic:
    """Count requests and rows: in all, by day and hour, by status, by model."""
    [[n_requests, n_rows]] = connection.execute(_TOTAL).fetchall()
    return Traffic(
        n_requests=n_requests,
        n_rows=n_rows,
        days=_periods(connection, "day", None),
        hours=_periods(connection, "hour", _HOURS),
        statuses={str(status): count for status, count in connection.execute(_STATUSES).fetchall()},
        versions=tuple(VersionTraffic(*row) for row in connection.execute(_VERSIONS).fetchall()),
    )


def measure_latency(connection: DuckDBPyConnection) -> Latency:
    """Compute the percentiles of the latency, interpolated between the nearest two requests."""
    [[n_requests, quantiles]] = connection.execute(_LATENCY).fetchall()
    p50, p95, p99 = quantiles or (None, None, None)
    return Latency(n_requests, p50, p95, p99)


def count_refusals(connection: DuckDBPyConnection) -> Refusals:
    """Count the rows that were not predicted, by reason."""
    [[_, n_rows]] = connection.execute(_TOTAL).fetchall()
    [[n_refused]] = connection.execute(_REFUSED).fetchall()
    fields: dict[str, dict[str, int]] = {}
    for reason, field, count in connection.execute(_FIELDS).fetchall():
        fields.setdefault(str(reason), {})[field] = count
    return Refusals(
        n_rows=n_refused,
        fraction=n_refused / n_rows if n_rows else None,
        reasons=tuple(
            Reason(str(reason), count, count / n_rows, fields.get(str(reason), {}))
            for reason, count in connection.execute(_REASONS).fetchall()
        ),
    )


def find_period(connection: DuckDBPyConnection) -> tuple[str | None, str | None]:
    """Return the times of the first and the last record."""
    [[first, last]] = connection.execute("SELECT min(time), max(time) FROM answers").fetchall()
    return (write_time(first), write_time(last)) if first is not None else (None, None)


def write_time(moment: datetime) -> str:
    """Write a time of the database, which is UTC without a zone, as ISO 8601."""
    return f"{moment.isoformat(timespec='seconds')}Z"


def _periods(connection: DuckDBPyConnection, step: str, n_hours: int | None) -> tuple[Period, ...]:
    found = connection.execute(_PERIODS, {"step": step, "n_hours": n_hours}).fetchall()
    return tuple(Period(write_time(start), *measures) for start, *measures in found)
