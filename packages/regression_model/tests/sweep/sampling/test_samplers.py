"""What every sampler promises, and what each does."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

from regression_model.config.sweep import SweepConfig
from regression_model.errors import MissingExtraError
from regression_model.sweep.sampling import Told, build_sampler

PARAMETERS: dict[str, dict[str, Any]] = {
    "batch_size": {"choice": ["25", "50", "100"]},
    "layers": {"choice": [["64", "32"], ["8"]]},
    "learning_rate": {"loguniform": ["0.001", "0.1"]},
    "units": {"randint": ["2", "11"]},
    "shift": {"normal": ["5", "2"]},
    "share": {"uniform": ["0.1", "0.4"]},
    "rounded": {"quniform": ["1", "3", "0.5"]},
}
EACH = [
    "random",
    "sobol",
    pytest.param("tpe", marks=pytest.mark.heavy),
]


def build(sampling: str, n_runs: int = 40, seed: int = 3, **parameters: Any) -> Any:
    settings = {"sampling": sampling, "parameters": parameters or PARAMETERS, "max_total_runs": n_runs}
    return build_sampler(SweepConfig.model_validate(settings), seed)


def run_some(sampler: Any, n_runs: int) -> list[dict[str, Any]]:
    told: list[Told] = []
    for number in range(n_runs):
        assignment = sampler.choose(number, told)
        told.append(Told(assignment, abs(assignment["share"] - 0.3) if number % 5 else None))
    return [run.assignment for run in told]


@pytest.mark.parametrize("sampling", EACH)
def test_values_come_from_the_distributions(sampling):
    runs = run_some(build(sampling), 16)
    assert {run["batch_size"] for run in runs} <= {25, 50, 100}
    assert {run["layers"] for run in runs} <= {(64, 32), (8,)}
    assert all(0.001 <= run["learning_rate"] < 0.1 for run in runs)
    assert all(isinstance(run["units"], int) and 2 <= run["units"] < 11 for run in runs)
    assert all(0.1 <= run["share"] < 0.4 for run in runs)
    assert {run["rounded"] for run in runs} <= {1, 1.5, 2, 2.5, 3}
    assert len({run["shift"] for run in runs}) == 16


@pytest.mark.parametrize("sampling", EACH)
def test_a_run_depends_on_seed_number_and_what_is_told_alone(sampling):
    first, second = (run_some(build(sampling), 13) for _ in range(2))
    assert first == second
    assert build(sampling, seed=4).choose(2, []) != build(sampling, seed=3).choose(2, [])
    sampler = build(sampling)
    sampler.choose(5, [])
    assert sampler.choose(1, []) == build(sampling).choose(1, [])


def test_random_runs_are_distributed_as_asked():
    sampler = build("random")
    runs = [sampler.choose(number, []) for number in range(800)]
    # 800 draws: a share of a third is met within 4 standard deviations (0.067), a mean of deviation 2 within 0.28.
    assert np.mean([run["batch_size"] == 50 for run in runs]) == pytest.approx(1 / 3, abs=0.067)
    assert np.mean([run["shift"] for run in runs]) == pytest.approx(5, abs=0.28)
    assert np.std([run["shift"] for run in runs]) == pytest.approx(2, rel=0.15)
    assert np.mean(np.log10([run["learning_rate"] for run in runs])) == pytest.approx(-2, abs=0.09)


def test_sobol_fills_the_space_and_a_longer_sweep_begins_like_a_shorter_one():
    parameters = {"share": {"uniform": ["0", "1"]}, "other": {"uniform": ["0", "1"]}}
    sampler = build("sobol", 8, **parameters)
    shares = [sampler.choose(number, [])["share"] for number in range(8)]
    assert sorted(int(share * 8) for share in shares) == list(range(8)), "one in each eighth"
    assert [build("sobol", 64, **parameters).choose(number, [])["share"] for number in range(8)] == shares


def test_grid_goes_through_all_combinations():
    sampler = build("grid", 100, first={"choice": ["1", "2"]}, second={"choice": ["a", "b", "c"]})
    assert sampler.n_runs == 6
    assert [tuple(sampler.choose(number, []).values()) for number in range(6)] == [
        *((1, letter) for letter in "abc"),
        *((2, letter) for letter in "abc"),
    ]
    assert build("grid", 4, first={"choice": ["1", "2"]}, second={"choice": ["a", "b", "c"]}).n_runs == 4


@pytest.mark.heavy
def test_tpe_comes_near_what_was_good():
    sampler = build("tpe", share={"uniform": ["0", "1"]})
    told: list[Told] = []
    for number in range(30):
        assignment = sampler.choose(number, told)
        told.append(Told(assignment, abs(assignment["share"] - 0.3)))
    losses = [run.score for run in told]
    assert np.median(losses[10:]) < np.median(losses[:10]) / 2


def test_tpe_without_its_library_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(MissingExtraError, match=r"'sampling: tpe' needs .*\[search\]"):
        build("tpe")
