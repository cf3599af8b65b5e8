"""The beginning of a search: what is searched is written down, or, when a run goes on, compared with what was."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from regression_model.records.identity import check_identity
from regression_model.records.run_folder import CONFIG
from regression_model.search.clock import Clock
from regression_model.search.continuing import AGAIN, describe_limits, find_last_current, goes_on
from regression_model.search.identity import describe_identity
from regression_model.train_pipeline.recorded_config import list_key_orders

if TYPE_CHECKING:
    from regression_model.records.journal import Journal
    from regression_model.records.run_folder import RunFolder
    from regression_model.search.job import SearchJob
    from regression_model.search.material import Material


def begin(
    job: SearchJob, material: Material, folder: RunFolder, journal: Journal, planned_s: float | None = None
) -> Clock:
    """Write down what is searched, or check that it is what was; return the clock, which a resumed run winds on.

    Parameters
    ----------
    job : SearchJob
    material : Material
    folder : RunFolder
    journal : Journal
    planned_s : float, optional
        In a replay, the time limit with which the run that is replayed began.

    Raises
    ------
    SearchError
        If the run was another search.
    """
    identity = describe_identity(job, material)
    began = journal.find_last("begin")
    clock = Clock(job.began_s, job.settings.time_limit_s)
    if began is None:
        _write_run(job, material, folder)
        journal.append("begin", identity=identity, planned_s=planned_s or job.settings.time_limit_s)
        return clock
    check_identity(began["identity"], identity, folder.name)
    stop = find_last_current(journal.lines, "stop")
    if stop is not None and goes_on(stop, job.settings):
        journal.append(AGAIN, limits=describe_limits(job.settings))
    folder.update_run(status="running", settings=job.settings.model_dump(mode="json"))
    spent_s = max((line.get("elapsed_s", 0.0) for line in journal.lines), default=0.0)
    return replace(clock, began_s=clock.began_s - spent_s)


def find_planned_s(journal: Journal) -> float | None:
    """Return the time limit with which a run began: it has a say in what is proposed, and a later one has not."""
    planned_s: float | None = journal.find("begin")[0]["planned_s"]
    return planned_s


def _write_run(job: SearchJob, material: Material, folder: RunFolder) -> None:
    file = job.config.file
    if file is not None and file.is_file():
        folder.write_file(CONFIG, file.read_bytes())
    folder.write_run(
        {
            "run": folder.name,
            "status": "running",
            "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "source": job.source.to_json(),
            "config_order": list_key_orders(job.config),
            "settings": job.settings.model_dump(mode="json"),
            "data": material.provenance.content(),
            "metric": material.scorer.metric,
            "folds": len(material.folds),
            "truncated": False,
            "winner": None,
        }
    )
