"""Reads a prediction log into a database that lies in a temporary folder.

DuckDB reads the files itself, in chunks, and writes to disk what does not fit into its memory, so that a log may be
larger than that. What is read, by name and type, is the layout that `ml_api.services.prediction_log` documents.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ml_api.errors import InsightsError
from ml_api.services.insights.long_lines import link_readable

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY_LIMIT = "1GB"

_CREATE = """
CREATE TABLE answers AS
SELECT
    try_cast(time AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS time, prediction_id,
    coalesce(model_version, '') AS model_version, coalesce(artifact_digest, '') AS artifact_digest,
    latency_ms, status, coalesce(first_row, 0) AS first_row, redacted,
    len(predictions) AS n_rows, predictions, probabilities, classes, errors
FROM read_json($files, format = 'newline_delimited', ignore_errors = true, columns = {
    time: 'VARCHAR', prediction_id: 'VARCHAR', model_version: 'VARCHAR', artifact_digest: 'VARCHAR',
    latency_ms: 'DOUBLE', status: 'INTEGER', first_row: 'BIGINT', redacted: 'VARCHAR[]', predictions: 'VARCHAR[]',
    probabilities: 'DOUBLE[][]', classes: 'VARCHAR[]',
    errors: 'MAP(VARCHAR, STRUCT(field VARCHAR, reason VARCHAR)[])'
})
"""
_CREATE_EMPTY = """
CREATE TABLE answers (
    time TIMESTAMP, prediction_id VARCHAR, model_version VARCHAR, artifact_digest VARCHAR, latency_ms DOUBLE,
    status INTEGER, first_row BIGINT, redacted VARCHAR[], n_rows BIGINT, predictions VARCHAR[],
    probabilities DOUBLE[][], classes VARCHAR[], errors MAP(VARCHAR, STRUCT(field VARCHAR, reason VARCHAR)[])
)
"""
_NO_RECORD = "SELECT count(*) FROM answers WHERE time IS NULL OR prediction_id IS NULL OR predictions IS NULL"
_CLEAN = """
DELETE FROM answers
WHERE time IS NULL OR prediction_id IS NULL OR predictions IS NULL OR time < coalesce($since, TIMESTAMP '-infinity')
"""


@dataclass(frozen=True)
class LogDatabase:
    """A log, opened.

    Attributes
    ----------
    connection : DuckDBPyConnection
        Its table ``answers`` has a row for each line of the predictions, but for the rows that were asked.
    prediction_files, feedback_files : list of str
        Paths that DuckDB can read the rest from.
    since : datetime or None
        UTC without a zone, as all times in the database are.
    n_unreadable : int
        Lines of the predictions that are no record.
    """

    connection: DuckDBPyConnection
    prediction_files: list[str]
    feedback_files: list[str]
    since: datetime | None
    n_unreadable: int


@contextmanager
def open_log(folder: Path, since: datetime | None = None) -> Iterator[LogDatabase]:
    """Read the records of a log; what is written to it from now on is not seen reliably.

    Parameters
    ----------
    folder : Path
        Holds the files of the log, and perhaps others, which are left alone.
    since : datetime, optional
        With a time zone; older predictions are left out. By default none is.

    Yields
    ------
    LogDatabase

    Raises
    ------
    InsightsError
        If DuckDB is not installed, or the log can't be read.
    """
    try:
        import duckdb
    except ModuleNotFoundError:
        raise InsightsError("Insights need an optional dependency: pip install 'ml-api[insights]'") from None
    if not folder.is_dir():
        raise InsightsError(f"There is no prediction log in {folder}: the folder does not exist.")
    with tempfile.TemporaryDirectory(prefix="ml-api-insights-") as scratch:
        try:
            predictions = _collect(folder, "predictions", Path(scratch), since)
            feedback = _collect(folder, "feedback", Path(scratch), since)
            with duckdb.connect(f"{scratch}/log.duckdb", config=_configure(scratch)) as connection:
                yield _read(connection, predictions, feedback, since)
        except (OSError, duckdb.Error) as error:
            raise InsightsError(f"The prediction log in {folder} can't be read: {error}") from error


def _configure(scratch: str) -> dict[str, str | bool | int | float | list[str]]:
    return {
        # The process beside this one answers requests: one core is left to it.
        "threads": 1,
        "memory_limit": MEMORY_LIMIT,
        "temp_directory": f"{scratch}/spilled",
        "preserve_insertion_order": False,
        # Nothing is fetched from anywhere.
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }


def _collect(folder: Path, kind: str, scratch: Path, since: datetime | None) -> list[tuple[str, int]]:
    """Make the files of one kind readable: their paths, and how many lines are left out of each."""
    paths: list[tuple[str, int]] = []
    for path in sorted(folder.glob(f"{kind}-*.ndjson")):
        # Files are only appended to: one that was last written to before that time holds nothing newer.
        if path.is_file() and (since is None or path.stat().st_mtime >= since.timestamp()):
            link = scratch / f"{kind}-{len(paths)}.ndjson"
            paths.append((str(link), link_readable(path, link)))
    return paths


def _read(
    connection: DuckDBPyConnection,
    predictions: list[tuple[str, int]],
    feedback: list[tuple[str, int]],
    since: datetime | None,
) -> LogDatabase:
    files = [path for path, _ in predictions]
    naive = since.astimezone(UTC).replace(tzinfo=None) if since is not None else None
    if files:
        connection.execute(_CREATE, {"files": files})
    else:
        connection.execute(_CREATE_EMPTY)
    [[no_record]] = connection.execute(_NO_RECORD).fetchall()
    connection.execute(_CLEAN, {"since": naive})
    too_long = sum(count for _, count in predictions)
    return LogDatabase(connection, files, [path for path, _ in feedback], naive, no_record + too_long)
