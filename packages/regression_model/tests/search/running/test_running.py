from __future__ import annotations

import time
from dataclasses import replace

import pytest

from regression_model.artifact import Manifest
from regression_model.errors import ConfigError, DataNotFoundError, SearchError
from regression_model.records.leaderboard_file import read_leaderboard
from regression_model.records.run_folder import RunFolder
from regression_model.search.job import with_settings
from regression_model.search.parts import Parts
from regression_model.search.records import Candidate
from regression_model.search.replaying import replay_run, restore_job
from regression_model.search.running import run_search
from regression_model.train_pipeline import run_training


def ignore(_event: object) -> None:
    pass


def test_a_search_leaves_a_leaderboard_a_model_and_what_it_was(done):
    result, events = done
    folder = RunFolder(result.folder)
    run, rows = folder.read_run(), read_leaderboard(result.folder)
    assert (run["status"], run["truncated"], run["stopped_by"]) == ("completed", False, "trials")
    assert (run["winner"], run["metric"], run["folds"]) == (result.winner, "rmse", 3)
    assert rows.find_winner().number == result.winner
    trials = {row.number: row for row in rows.rows if row.origin not in ("vote", "stack")}
    assert sorted(trials) == list(range(8))
    assert trials[3].status == "failed"
    assert "still a category" in trials[3].reason
    assert trials[1].score > 0
    assert trials[1].low < trials[1].score < trials[1].high
    assert trials[1].compiled
    assert trials[1].latency_ms > 0
    assert (result.folder / "leaderboard.csv").is_file()
    assert [event["trial"]["candidate"]["number"] for event in events if "trial" in event] != []
    assert events[0] == {"stage": "Loading the data"}


def test_the_holdout_score_of_the_winner_is_what_training_says(done, tmp_path):
    result, _ = done
    row = read_leaderboard(result.folder).find_winner()
    manifest = Manifest.from_file(result.manifest)
    assert row.holdout == manifest.content["metrics"]["holdout"]["metrics"]["rmse"]["value"]
    rows = read_leaderboard(result.folder).rows
    assert {each.number for each in rows if each.holdout is not None} == {
        each.number for each in rows if each.score is not None
    }, "without a time limit, all that have a score"


def test_a_metric_that_evaluations_do_not_list_is_measured_on_the_holdout_too(make_job, parts, tmp_path):
    job = make_job(tmp_path, trials=2, metric="normalized_mean_absolute_error", ensemble="none")
    result = run_search(job, ignore, parts)
    winner = read_leaderboard(result.folder).find_winner()
    holdout = Manifest.from_file(result.manifest).content["metrics"]["holdout"]["metrics"]
    assert "normalized_mean_absolute_error" not in holdout
    assert 0.0 < winner.holdout < 1.0
    assert winner.holdout / holdout["mae"]["value"] == pytest.approx(winner.score / winner.metrics["mae"], rel=0.5)


def test_the_saved_model_is_what_the_promoted_configuration_trains(done, tmp_path):
    from regression_model.config import load_config

    result, _ = done
    best = load_config(result.folder / "best.yml")
    without_folds = best.model_copy(update={"evaluation": best.evaluation.model_copy(update={"folds": 0})})
    trained = run_training(without_folds, sample=True, output=tmp_path)
    saved = Manifest.from_file(result.manifest)
    assert trained.manifest.content["config_sha256"] == saved.content["config_sha256"]
    assert trained.evaluation.get("rmse").value == pytest.approx(read_leaderboard(result.folder).find_winner().holdout)


def test_a_replay_finds_the_same_and_says_so(done, parts, tmp_path):
    result, _ = done
    assert replay_run(result.folder, tmp_path, ignore, parts=parts) == []


def test_a_replay_names_what_is_no_longer_the_same(done, parts, tmp_path):
    result, _ = done

    class Other:
        def __init__(self, proposer: object) -> None:
            self.proposer = proposer

        def propose(self, numbers, told, pending=()):
            found = self.proposer.propose(numbers, told, pending)
            other = {"model": {"family": "ridge", "alpha": 7.0}}
            return [replace(each, changes=other) if each.number == 2 else each for each in found]

    changed = Parts(lambda *arguments: Other(parts.build_proposer(*arguments)), parts.build_backend)
    found = replay_run(result.folder, tmp_path, ignore, parts=changed)
    assert {"candidate", "score", "sha256"} <= {
        difference.what for difference in found if difference.where == "trial 2"
    }
    assert not [difference for difference in found if difference.where == "trial 1"]


def test_a_run_that_has_ended_is_resumed_without_a_trial(done, parts):
    result, _ = done
    before = RunFolder(result.folder).read_journal()
    events = []
    again = run_search(replace(restore_job(RunFolder(result.folder)), resume=result.folder), events.append, parts)
    assert again == result
    assert RunFolder(result.folder).read_journal() == before
    assert not [event for event in events if "trial" in event]
    assert len(next(event["begin"]["done"] for event in events if "begin" in event)) == 8


def test_a_run_of_another_search_is_not_resumed(done, parts, make_job):
    result, _ = done
    job = replace(make_job(result.folder.parent.parent, metric="mae"), resume=result.folder)
    with pytest.raises(SearchError, match="can't go on, because the settings of the search changed since it began"):
        run_search(job, ignore, parts)
    assert RunFolder(result.folder).read_run()["status"] == "completed"


def test_early_stopping_ends_a_search_between_batches(make_job, parts, tmp_path):
    result = run_search(make_job(tmp_path, trials=40, early_stopping=1, batch_size=3, ensemble="none"), ignore, parts)
    run = RunFolder(result.folder).read_run()
    assert run["stopped_by"] == "early_stopping"
    assert not run["truncated"]
    assert len(read_leaderboard(result.folder).rows) < 40


def test_trials_are_scored_on_a_validation_table(make_job, parts, tmp_path):
    from regression_model.processing.datasets import load_dataset

    job = make_job(tmp_path)
    table = tmp_path / "validation.csv"
    load_dataset(job.config, allow_sample=True).frame.head(60).to_csv(table, index=False)
    result = run_search(make_job(tmp_path, validation=table, trials=2), ignore, parts)
    row = read_leaderboard(result.folder).find(1)
    assert RunFolder(result.folder).read_run()["folds"] == 1
    assert row.score > 0
    again = restore_job(RunFolder(result.folder))
    assert again.validation == table


def test_a_latency_that_no_model_keeps_is_said_so(make_job, parts, tmp_path):
    with pytest.raises(SearchError, match="no model predicts a row within 1e-09 ms; the fastest takes"):
        run_search(make_job(tmp_path, trials=2, max_latency_ms=1e-9), ignore, parts)
    (folder,) = (tmp_path / "search").iterdir()
    assert RunFolder(folder).read_run()["status"] == "ended"


def test_what_is_wrong_with_table_or_metric_is_said_as_it_is(make_job, parts, tmp_path):
    with pytest.raises(ConfigError, match="regression has no metric 'rmsee'"):
        run_search(make_job(tmp_path, metric="rmsee"), ignore, parts)
    with pytest.raises(DataNotFoundError):
        run_search(replace(make_job(tmp_path), sample=False, data_path=tmp_path / "none.csv"), ignore, parts)
    assert not (tmp_path / "search").exists(), "no folder for a search that never began"


def test_the_clock_ends_a_search_which_says_so_and_replays(make_job, parts, tmp_path):
    """When it was asked for lies back so far that by the first batches the time is up."""
    job = make_job(tmp_path, trials=100, time_limit_s=1000.0)
    result = run_search(replace(job, began_s=time.monotonic() - 2000.0), ignore, parts)
    run = RunFolder(result.folder).read_run()
    assert result.truncated
    assert (run["truncated"], run["stopped_by"]) == (True, "time_limit")
    rows = read_leaderboard(result.folder).rows
    assert [row.number for row in sorted(rows, key=lambda row: row.number)] == [0, 1, 2, 3], (
        "two batches were asked for"
    )
    assert [row.number for row in rows if row.holdout is not None] == [result.winner], "there was no time for others"
    assert replay_run(result.folder, tmp_path / "again", ignore, parts=parts) == []


def test_what_is_proposed_depends_on_the_time_that_was_planned_also_in_a_replay_and_when_resumed(
    make_job, parts, tmp_path
):
    planned = []

    def build_proposer(material, job, guardrails):
        planned.append(job.settings.time_limit_s)
        return parts.build_proposer(material, job, guardrails)

    watched = replace(parts, build_proposer=build_proposer)
    result = run_search(make_job(tmp_path, trials=2, time_limit_s=777.0), ignore, watched)
    replay_run(result.folder, tmp_path / "again", ignore, parts=watched)
    job = restore_job(RunFolder(result.folder))
    longer = with_settings(job.config, job.settings.model_copy(update={"time_limit_s": 5000.0}))
    run_search(replace(job, config=longer, resume=result.folder), ignore, watched)
    assert planned == [777.0, 777.0, 777.0]


def test_a_run_whose_trials_were_others_than_are_proposed_now_does_not_go_on(make_job, parts, tmp_path):
    run = RunFolder(run_search(make_job(tmp_path, trials=4), ignore, parts).folder)
    lines = (run.path / "journal.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [
        line for line in lines if '"kind":"begin"' in line or '"kind":"guardrails"' in line or '"kind":"trial"' in line
    ]
    assert len(kept) == len(lines[: len(kept)]) == 6
    (run.path / "journal.jsonl").write_text("".join(kept), encoding="utf-8")

    class Other:
        def propose(self, numbers, told, pending=()):
            return [
                Candidate(number, "sampler", "ridge", {"model": {"family": "ridge", "alpha": 9.0}})
                for number in numbers
            ]

    with pytest.raises(SearchError, match="trial 0 of the run was another one than would be proposed now"):
        run_search(
            replace(restore_job(run), resume=run.path),
            ignore,
            replace(parts, build_proposer=lambda *_: Other()),
        )


def test_a_run_that_another_process_works_on_is_refused_at_once(make_job, parts, tmp_path):
    result = run_search(make_job(tmp_path, trials=2), ignore, parts)
    with (
        RunFolder(result.folder).open_journal(),
        pytest.raises(SearchError, match="another process is at work on the run"),
    ):
        run_search(replace(restore_job(RunFolder(result.folder)), resume=result.folder), ignore, parts)


def test_a_sweep_is_no_search(tmp_path):
    (tmp_path / "run.json").write_text('{"format": 1, "kind": "sweep"}', encoding="utf-8")
    with pytest.raises(SearchError, match="is a run of a sweep and not of a search; go on with it by"):
        restore_job(RunFolder(tmp_path))
