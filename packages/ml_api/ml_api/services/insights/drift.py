"""Drift of the features and of the predictions against the baseline of the loaded model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ml_api.services.insights.baseline import (
    MISSING,
    PREDICTION,
    UNSEEN,
    Baseline,
    find_baselines,
    find_prediction_baseline,
)
from ml_api.services.insights.log_database import LogDatabase
from ml_api.services.insights.results import Bin, Drift, DriftReport
from ml_api.services.insights.stability import (
    MAJOR_PSI,
    MINIMUM_ROWS,
    MODERATE_PSI,
    compute_psi,
    find_chance_level,
    find_floor,
    judge,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from regression_model import Artifact

Counts = Mapping[tuple[bool, str], Mapping[int, int]]
"""Rows by bin, by whether it is a feature, and its name."""

MOST_ROWS = 200_000
"""Of more rows, features are compared in a sample of about this many: more would take long and tell no more."""

_TABLES = """
CREATE TABLE bins (is_feature BOOLEAN, name VARCHAR, exact BOOLEAN, edges DOUBLE[]);
CREATE TABLE spellings (is_feature BOOLEAN, name VARCHAR, spelling VARCHAR, bin INTEGER);
CREATE TABLE counts (is_feature BOOLEAN, name VARCHAR, bin INTEGER, n BIGINT);
"""
# Rows that were refused are left out: their values could not be read, and they are counted among the refusals.
_PREDICTION_CELLS = """
CREATE TEMP VIEW cells AS
SELECT false AS is_feature, 'prediction' AS name, text
FROM (SELECT unnest(predictions) AS text FROM answers WHERE artifact_digest = getvariable('digest'))
WHERE text IS NOT NULL
"""
_FEATURE_CELLS = """
CREATE OR REPLACE TEMP VIEW cells AS
SELECT true AS is_feature, cell.key AS name, cell.value AS text
FROM (
    SELECT unnest(map_entries(row)) AS cell
    FROM (
        SELECT unnest(rows) AS row, unnest(predictions) AS prediction
        FROM read_json(getvariable('files'), format = 'newline_delimited', ignore_errors = true, columns = {
            time: 'VARCHAR', prediction_id: 'VARCHAR', first_row: 'BIGINT', artifact_digest: 'VARCHAR',
            predictions: 'VARCHAR[]', rows: 'MAP(VARCHAR, VARCHAR)[]'
        })
        WHERE artifact_digest = getvariable('digest') AND len(rows) = len(predictions)
            AND try_cast(time AS TIMESTAMPTZ) AT TIME ZONE 'UTC'
                >= coalesce(getvariable('since'), TIMESTAMP '-infinity')
            AND hash(prediction_id, first_row) % getvariable('one_in')::UBIGINT = 0
    )
    WHERE prediction IS NOT NULL
)
"""
# The bin of a number is the number of edges below it; where there are fewer than nine, comparisons with NULL give 0.
_COUNT = """
INSERT INTO counts
SELECT is_feature, name, coalesce(bin, if(text IS NULL, -1, NULL), number_bin, -2) AS bin, count(*)
FROM (
    SELECT cells.is_feature, cells.name, cells.text, spellings.bin,
        if(edges IS NULL OR number IS NULL, NULL,
            coalesce((number > edges[1])::INTEGER, 0) + coalesce((number > edges[2])::INTEGER, 0)
            + coalesce((number > edges[3])::INTEGER, 0) + coalesce((number > edges[4])::INTEGER, 0)
            + coalesce((number > edges[5])::INTEGER, 0) + coalesce((number > edges[6])::INTEGER, 0)
            + coalesce((number > edges[7])::INTEGER, 0) + coalesce((number > edges[8])::INTEGER, 0)
            + coalesce((number > edges[9])::INTEGER, 0)
        ) AS number_bin
    FROM (SELECT *, try_cast(text AS DOUBLE) AS number FROM cells) AS cells
    JOIN bins USING (is_feature, name)
    LEFT JOIN spellings
        ON spellings.is_feature = cells.is_feature AND spellings.name = cells.name
        AND spellings.spelling = if(bins.exact, cells.text, lower(trim(cells.text)))
)
GROUP BY ALL
"""
_REDACTED = "SELECT DISTINCT unnest(redacted) FROM answers WHERE artifact_digest = getvariable('digest')"
_PREDICTED = """
SELECT count(*)
FROM (SELECT unnest(predictions) AS prediction FROM answers WHERE artifact_digest = getvariable('digest'))
WHERE prediction IS NOT NULL
"""


def report_drift(log: LogDatabase, artifact: Artifact) -> DriftReport:
    """Compare the rows that a model predicted with its baseline.

    Parameters
    ----------
    log : LogDatabase
    artifact : Artifact
        Rows that were predicted by another one are left out.

    Returns
    -------
    DriftReport
    """
    baselines = find_baselines(artifact)
    of_predictions = find_prediction_baseline(artifact)
    known = [baseline for baseline in (*baselines.values(), of_predictions) if baseline is not None]
    connection = log.connection
    connection.execute("SET VARIABLE digest = $digest", {"digest": artifact.digest})
    connection.execute("SET VARIABLE since = $since::TIMESTAMP", {"since": log.since})
    [[n_rows]] = connection.execute(_PREDICTED).fetchall()
    connection.execute("SET VARIABLE one_in = $one_in", {"one_in": max(1, n_rows // MOST_ROWS)})
    counts = _count(connection, log.prediction_files, known)
    redacted = {str(name) for (name,) in connection.execute(_REDACTED).fetchall()}
    return DriftReport(
        n_rows=n_rows,
        minimum_rows=MINIMUM_ROWS,
        moderate=MODERATE_PSI,
        major=MAJOR_PSI,
        prediction=_compare(PREDICTION, of_predictions, counts, redacted=False),
        features=tuple(
            _compare(name, baseline, counts, redacted=name in redacted) for name, baseline in baselines.items()
        ),
    )


def _count(connection: DuckDBPyConnection, files: list[str], baselines: Iterable[Baseline]) -> Counts:
    connection.execute(_TABLES)
    for baseline in baselines:
        key = (baseline.is_feature, baseline.name)
        connection.execute("INSERT INTO bins VALUES (?, ?, ?, ?)", [*key, baseline.exact, baseline.edges])
        texts, bins = list(baseline.spellings), list(baseline.spellings.values())
        connection.execute("INSERT INTO spellings SELECT ?, ?, unnest(?), unnest(?)", [*key, texts, bins])
    connection.execute(_PREDICTION_CELLS)
    connection.execute(_COUNT)
    if files:
        connection.execute("SET VARIABLE files = $files", {"files": files})
        connection.execute(_FEATURE_CELLS)
        connection.execute(_COUNT)
    counts: dict[tuple[bool, str], dict[int, int]] = {}
    for is_feature, name, bin_number, n in connection.execute("FROM counts").fetchall():
        counts.setdefault((is_feature, name), {})[bin_number] = n
    return counts


def _compare(name: str, baseline: Baseline | None, counts: Counts, *, redacted: bool) -> Drift:
    if baseline is None:
        return Drift(name, "redacted" if redacted else "no_baseline")
    found = dict(counts.get((baseline.is_feature, name), {}))
    n_unseen = found.pop(UNSEEN, 0)
    if baseline.has_unseen:
        last = len(baseline.labels) - 1
        found[last] = found.get(last, 0) + n_unseen
    n_rows = sum(found.values())
    if n_rows < MINIMUM_ROWS:
        return Drift(name, "redacted" if redacted and not n_rows else "too_few_rows", n_rows=n_rows)
    bins = _fill_bins(baseline, found, n_rows)
    n_used = sum(1 for item in bins if item.expected or item.actual)
    floor = find_floor(baseline.n_rows, n_rows)
    psi = compute_psi([item.expected for item in bins], [item.actual for item in bins], floor=floor)
    chance = find_chance_level(n_used, baseline.n_rows, n_rows)
    unseen = n_unseen / n_rows if baseline.has_unseen else None
    return Drift(name, judge(psi, chance), psi, chance, n_rows, unseen, bins)


def _fill_bins(baseline: Baseline, found: Mapping[int, int], n_rows: int) -> tuple[Bin, ...]:
    """Put expected and actual shares side by side; missing values have a bin of their own, if there are any."""
    present = 1.0 - baseline.missing
    bins = [
        Bin(label, share * present, found.get(index, 0) / n_rows)
        for index, (label, share) in enumerate(zip(baseline.labels, baseline.shares, strict=True))
    ]
    missing = found.get(MISSING, 0) / n_rows
    if baseline.missing or missing:
        bins.append(Bin("missing", baseline.missing, missing))
    return tuple(bins)
