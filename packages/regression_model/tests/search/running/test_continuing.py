"""Searches that were interrupted, or have ended, and go on with other limits than they began with."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest

from regression_model.config.search import SearchConfig
from regression_model.errors import SearchError
from regression_model.records.run_folder import RunFolder
from regression_model.search.clock import Reserve
from regression_model.search.continuing import describe_limits, drop_void, goes_on
from regression_model.search.guide import Guide
from regression_model.search.job import with_settings
from regression_model.search.replaying import compare_journals, replay_run, restore_job
from regression_model.search.running import run_search


def ignore(_event: object) -> None:
    pass


def resume(folder, parts, *, ago_s=0.0, **settings):
    job = replace(restore_job(RunFolder(folder)), began_s=time.monotonic() - ago_s)
    changed = with_settings(job.config, job.settings.model_copy(update=settings))
    return run_search(replace(job, config=changed, resume=folder), ignore, parts)


def without_times(folder):
    rows = json.loads((folder / "leaderboard.json").read_text())["rows"]
    return [{key: row[key] for key in row if key not in ("fit_time_s", "latency_ms")} for row in rows]


def list_kinds(folder):
    return [line["kind"] for line in RunFolder(folder).read_journal()]


def test_a_search_that_has_ended_goes_on_with_more_trials_to_what_it_would_have_found_at_once(
    done, make_job, parts, tmp_path
):
    whole, _ = done
    short = run_search(make_job(tmp_path, trials=3), ignore, parts)
    assert list_kinds(short.folder).count("trial") == 3
    again = resume(short.folder, parts, trials=8)
    assert again.folder == short.folder
    assert without_times(again.folder) == without_times(whole.folder)
    assert RunFolder(again.folder).read_run()["stopped_by"] == "trials"


def test_a_search_that_the_clock_ended_goes_on_with_more_time_and_replays(make_job, parts, tmp_path, monkeypatch):
    """What it sets aside is by how long this beginning took, and not by how long the search has gone on."""
    job = make_job(tmp_path, trials=6, time_limit_s=1000.0)
    short = run_search(replace(job, began_s=time.monotonic() - 2000.0), ignore, parts)
    assert short.truncated
    assert list_kinds(short.folder).count("trial") == 4
    made = []
    monkeypatch.setattr("regression_model.search.running.Reserve", lambda *facts: made.append(facts) or Reserve(*facts))
    longer = resume(short.folder, parts, ago_s=50.0, time_limit_s=100_000.0)
    assert 50.0 <= made[0][0] < 1000.0
    assert not longer.truncated
    assert list_kinds(short.folder).count("trial") == 6
    assert replay_run(short.folder, tmp_path / "again", ignore, parts=parts) == []


def test_a_search_that_was_interrupted_and_resumed_with_other_limits_replays(make_job, parts, tmp_path):
    """It has done more trials by then than the new limits would have let it do."""

    class Interruption(Exception):
        pass

    def interrupt(event):
        if "trial" in event and event["trial"]["candidate"]["number"] == 5:
            raise Interruption

    with pytest.raises(Interruption):
        run_search(make_job(tmp_path, trials=8, ensemble="none"), interrupt, parts)
    (folder,) = (tmp_path / "search").iterdir()
    assert RunFolder(folder).read_run()["status"] == "ended"
    resume(folder, parts, trials=4, early_stopping=1)
    assert replay_run(folder, tmp_path / "again", ignore, parts=parts) == []


@pytest.mark.parametrize(
    ("reason", "then", "now", "expected"),
    [
        ("trials", {"trials": 8}, {"trials": 9}, True),
        ("trials", {"trials": 8}, {"trials": 8, "time_limit_s": 900.0}, False),
        ("trials", {"trials": 8}, {"trials": 4}, False),
        ("time_limit", {"time_limit_s": 60.0}, {"time_limit_s": 61.0}, True),
        ("time_limit", {"time_limit_s": 60.0}, {}, True),
        ("time_limit", {"time_limit_s": 60.0}, {"time_limit_s": 60.0, "trials": 900}, False),
        ("early_stopping", {"early_stopping": 2}, {"early_stopping": 3}, True),
        ("early_stopping", {"early_stopping": 2}, {}, True),
        ("exhausted", {}, {"trials": 900}, False),
    ],
)
def test_a_wider_limit_helps_where_it_was_the_reason(reason, then, now, expected):
    stop = {"reason": reason, "limits": describe_limits(SearchConfig.model_validate(then))}
    assert goes_on(stop, SearchConfig.model_validate(now)) is expected


def test_lines_of_an_end_are_void_once_the_search_went_on():
    kinds = ["begin", "trial", "stop", "choices", "model", "holdout", "again", "trial", "stop"]
    assert [line["kind"] for line in drop_void([{"kind": kind} for kind in kinds])] == [
        *("begin", "trial", "again", "trial", "stop")
    ]


def test_a_run_that_has_not_ended_is_not_replayed_and_the_command_that_goes_on_names_its_folder(tmp_path):
    began = {"kind": "begin", "planned_s": None}
    void = [{"kind": kind, "reason": "trials"} for kind in ("stop", "choices", "model")]
    for lines in ([began], [began, *void, {"kind": "again"}]):
        with pytest.raises(SearchError, match=f"has not come to its end.*search --resume {tmp_path}'"):
            Guide.from_journal(lines, tmp_path)


def test_guardrails_and_the_end_of_the_trials_are_compared_but_not_the_limits():
    then = [
        {"kind": "guardrails", "found": ["x leaks"]},
        {"kind": "stop", "reason": "trials", "limits": {"trials": 4}, "elapsed_s": 1.0},
    ]
    now = [
        {"kind": "guardrails", "found": []},
        {"kind": "stop", "reason": "exhausted", "limits": {"trials": 5}, "elapsed_s": 2.0},
    ]
    assert [(found.where, found.what) for found in compare_journals(then, now)] == [
        *(("guardrails", "found"), ("end of the trials", "reason"))
    ]


def test_a_run_is_not_replayed_among_the_runs_that_it_belongs_to(tmp_path):
    folder = tmp_path / "runs" / "search" / "20261121-120000-abcdef"
    folder.mkdir(parents=True)
    for output in (tmp_path / "runs", folder, folder / "again"):
        with pytest.raises(SearchError, match="is where the run .* itself lies"):
            replay_run(folder, output, ignore)
