"""Collects insights from a prediction log, in this process."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from ml_api.errors import InsightsError
from ml_api.services.insights.accuracy import measure_accuracy
from ml_api.services.insights.drift import report_drift
from ml_api.services.insights.log_database import open_log
from ml_api.services.insights.results import Insights, LogFacts, ModelFacts
from ml_api.services.insights.traffic import count_refusals, find_period, measure_latency, measure_traffic, write_time


def collect_insights(
    folder: Path,
    *,
    artifact_path: Path | None = None,
    trusted_keys: Path | None = None,
    n_days: int | None = None,
    now: datetime | None = None,
) -> Insights:
    """Read a prediction log and say what is in it.

    This takes seconds of computing and up to about 1.5 GB of memory for a large log: a web process leaves it to a
    child, see `run_insights`.

    Parameters
    ----------
    folder : Path
        Folder of the log.
    artifact_path : Path, optional
        Manifest of the model, or a folder with one. By default the model in the package `regression_model`.
    trusted_keys : Path, optional
        Public keys: only a model that is signed with one of them is loaded. By default any is.
    n_days : int, optional
        Only predictions of the last so many times 24 hours, at least 1. By default all.
    now : datetime, optional
        With a time zone; what `n_days` counts back from. By default now.

    Returns
    -------
    Insights

    Raises
    ------
    InsightsError
        If DuckDB is not installed, or the log or the model can't be read.
    """
    from regression_model import RegressionModelError, load_artifact

    since = (now or datetime.now(tz=UTC)) - timedelta(days=n_days) if n_days is not None else None
    try:
        artifact = load_artifact(artifact_path, trusted_keys=trusted_keys, closed=True)
    except RegressionModelError as error:
        raise InsightsError(f"The model that drift is measured against can't be loaded: {error}") from error
    with open_log(folder, since) as log:
        first, last = find_period(log.connection)
        return Insights(
            log=LogFacts(write_time(log.since) if log.since else None, first, last, log.n_unreadable),
            model=ModelFacts(artifact.version, artifact.digest, artifact.task),
            traffic=measure_traffic(log.connection),
            latency=measure_latency(log.connection),
            refusals=count_refusals(log.connection),
            accuracy=measure_accuracy(log, artifact),
            drift=report_drift(log, artifact),
        )
