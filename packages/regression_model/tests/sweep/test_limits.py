"""What ends runs, and what a sweep that has ended leaves behind."""

from __future__ import annotations

from dataclasses import replace

import pytest

from regression_model.config import parse_config
from regression_model.config.sweep import SweepConfig
from regression_model.errors import SearchError, TrainingError
from regression_model.execution import Task, WorkerPool
from regression_model.records.run_folder import RunFolder
from regression_model.sweep import SweepJob, read_sweep, run_sweep
from regression_model.sweep.job import SweepClock
from regression_model.sweep.sampling import CHOOSE, Told, build_sampler

TWO = """\
  max_total_runs: 2
  max_concurrent_runs: 1
"""


@pytest.fixture
def two_text(sweep_text):
    """Two runs, one after the other, of a model that is fitted in no time."""
    text = sweep_text[: sweep_text.index("  max_total_runs")] + TWO
    model, end = text.index("model:"), text.index("evaluation:")
    parameters, limits = text.index("    hidden_layers.0:"), text.index("  max_total_runs")
    ridge, alpha = "model:\n  family: ridge\n", "    alpha:\n      choice: [0.1, 1.0]\n"
    return text[:model] + ridge + text[end:parameters] + alpha + text[limits:]


def test_a_run_that_takes_too_long_is_a_failure_and_not_the_end(two_text, flats, tmp_path):
    text = two_text.replace("choice: [0.1, 1.0]", "choice: [0.1]").replace("sampling: random", "sampling: grid")
    job = SweepJob(parse_config(text + "  run_time_limit_s: 0.001\n"), flats, output=tmp_path)
    finished = run_sweep(job, lambda event: None)
    assert [run.status for run in finished.result.runs] == ["timed_out"]
    assert (finished.training, finished.folder.read_run()["status"]) == (None, "completed")


@pytest.mark.slow  # two sweeps
def test_a_sweep_that_can_not_go_on_says_so_and_is_resumed_on_the_same_clock(two_text, flats, tmp_path):
    def give_up(event: dict[str, object]) -> None:
        if "run" in event:
            raise TrainingError("enough")

    job = SweepJob(parse_config(two_text), flats, output=tmp_path)
    with pytest.raises(TrainingError, match="enough"):
        run_sweep(job, give_up)
    (path,) = (tmp_path / "sweep").iterdir()
    folder = RunFolder(path)
    assert folder.read_run()["status"] == "ended"
    (_, line) = folder.read_journal()
    assert line["elapsed_s"] > 0
    # So much time was spent before, that none is left for the second run; the first one's result stays.
    minutes = line["elapsed_s"] / 60
    hurried = parse_config(two_text + f"  max_duration_minutes: {minutes}\n")
    finished = run_sweep(replace(job, config=hurried, resume=path), lambda event: None)
    assert finished.result.truncated
    assert [run.number for run in finished.result.runs] == [0]
    assert finished.folder.read_run()["status"] == "truncated"
    _, recorded = read_sweep(path)
    assert recorded.best.number == finished.result.best.number == 0
    with folder.open_journal(), pytest.raises(SearchError, match="another process is at work"):
        run_sweep(replace(job, resume=path), lambda event: None)


def test_a_clock_that_is_wound_on_ends_earlier():
    assert SweepClock(100.0, 2.0).deadline_s == 220.0
    assert SweepClock(100.0, None).deadline_s is None


SECTION = {
    "sampling": "tpe",
    "parameters": {
        "learning_rate": {"loguniform": [0.001, 0.1]},
        "hidden_layers": {"choice": [[8, 4], [16]]},
        "units": {"quniform": [2, 10, 2]},
        "epochs": {"randint": 5},
    },
}


@pytest.mark.heavy
def test_configurations_are_chosen_in_a_process_that_trainings_could_run_in():
    settings = SweepConfig.model_validate(SECTION)
    told = [{"assignment": dict(build_sampler(settings, 3).choose(n, [])), "score": 0.1 * n} for n in range(11)]
    payload = {"settings": settings.model_dump(mode="json"), "seed": 3, "numbers": [11, 12], "told": told}
    with WorkerPool() as pool:
        outcome = pool.submit(Task(CHOOSE, payload)).result()
    assert outcome.status == "completed", outcome.reason
    known = [Told(run["assignment"], run["score"]) for run in told]
    here = [dict(build_sampler(settings, 3).choose(number, known)) for number in (11, 12)]
    assert [[*found] for found in outcome.result] == [[*found] for found in here]
    for found, expected in zip(outcome.result, here, strict=True):
        assert found["learning_rate"] == pytest.approx(expected["learning_rate"])
        assert tuple(found["hidden_layers"]) == expected["hidden_layers"]
        assert (found["units"], found["epochs"]) == (expected["units"], expected["epochs"])
