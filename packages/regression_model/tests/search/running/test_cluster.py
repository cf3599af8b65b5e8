"""Searches on a real Dask cluster: a scheduler and two workers on the loopback."""

from __future__ import annotations

import gzip
import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from regression_model.errors import WorkerError
from regression_model.records.journal import read_journal
from regression_model.records.run_folder import RunFolder
from regression_model.search import SearchJob, run_search_isolated
from regression_model.search.job import with_settings
from regression_model.search.replaying import compare_journals, restore_job

pytestmark = [pytest.mark.heavy, pytest.mark.slow]

TIMES = ("fit_time_s", "latency_ms")
SEARCH = {"trials": 6, "families": ["ridge", "lasso"], "jobs": 1}


def ignore(_event: object) -> None:
    pass


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> Path:
    """The embedded table, as a file that all machines see."""
    import regression_model

    sample = Path(regression_model.__file__).parent / "processing" / "sample" / "house_prices_sample.csv.gz"
    path = tmp_path_factory.mktemp("table") / "house_prices.csv"
    path.write_bytes(gzip.decompress(sample.read_bytes()))
    return path


@pytest.fixture(scope="module")
def on_table(make_job, table):
    def make(output: Path, **settings: object) -> SearchJob:
        return replace(make_job(output, **SEARCH, **settings), data_path=table, sample=False)

    return make


@pytest.fixture(scope="module")
def local(on_table, tmp_path_factory) -> Path:
    """Folder of a search in one process of this machine."""
    return run_search_isolated(on_table(tmp_path_factory.mktemp("local")), ignore).folder


def read_results(folder: Path) -> tuple[list[dict[str, object]], dict[str, bytes]]:
    """Return the leaderboard without measured times, and the predictions."""
    rows = json.loads((folder / "leaderboard.json").read_text())["rows"]
    untimed = [{key: row[key] for key in row if key not in TIMES} for row in rows]
    return untimed, {path.name: path.read_bytes() for path in (folder / "predictions").iterdir()}


def test_a_cluster_of_which_a_worker_is_killed_finds_the_same_as_one_process(local, on_table, run_cluster, tmp_path):
    ended = []

    def kill(event: dict[str, object]) -> None:
        ended.extend(event.keys() & {"trial"})
        if len(ended) == 2:
            cluster.workers[0].kill()

    with run_cluster(tmp_path / "workers") as cluster:
        job = on_table(tmp_path / "runs", backend="dask", scheduler=cluster.address)
        folder = run_search_isolated(job, kill).folder
        assert cluster.workers[0].wait(10) == -signal.SIGKILL
    assert read_results(folder) == read_results(local)
    found = compare_journals(read_journal(local / "journal.jsonl"), read_journal(folder / "journal.jsonl"))
    assert {difference.what for difference in found} <= {*TIMES, "choices"}


def test_what_a_cluster_can_not_go_on_with_is_said_and_resumed_without_it(
    local, on_table, table, run_cluster, tmp_path, monkeypatch
):
    other, same = tmp_path / "other", tmp_path / "same"
    for folder, n_left_out in ((other, 1), (same, 0)):
        folder.mkdir()
        lines = table.read_text().splitlines(keepends=True)
        (folder / table.name).write_text("".join(lines[: len(lines) - n_left_out]))
    with run_cluster(tmp_path / "workers", REGRESSION_MODEL_DATA=str(other)) as cluster:
        where = {"backend": "dask", "scheduler": cluster.address}
        monkeypatch.setenv("REGRESSION_MODEL_DATA", str(same))
        by_name = replace(on_table(tmp_path / "other_table", **where), data_path=None)
        with pytest.raises(WorkerError, match="the table of .* is another one than that of the search: expected SHA"):
            run_search_isolated(by_name, ignore)

        def kill(event: dict[str, object]) -> None:
            if "trial" in event:
                os.kill(cluster.scheduler.pid, signal.SIGKILL)

        with pytest.raises(WorkerError, match=r"has gone away.*can be resumed"):
            run_search_isolated(on_table(tmp_path / "runs", **where), kill)
    (folder,) = (tmp_path / "runs" / "search").iterdir()
    job = restore_job(RunFolder(folder))
    here = job.settings.model_copy(update={"backend": "local", "scheduler": None})
    run_search_isolated(replace(job, config=with_settings(job.config, here), resume=folder), ignore)
    assert read_results(folder) == read_results(local)
