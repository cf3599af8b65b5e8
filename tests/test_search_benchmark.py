"""The benchmark of searches is started by hand; its plan, its memory and its report are proven here."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "benchmarks"
ACTUAL = [100_000.0, 200_000.0, 150_000.0, 250_000.0]
PLAN = """
[[measure]]
kind = "comparison"
table = "house_prices"
seconds = 60
seeds = [42]
systems = ["regression-model", "FLAML", "AutoGluon medium"]

[[measure]]
kind = "sweep"
config = "california_housing_sweep"
"""


@pytest.fixture
def run(monkeypatch, capsys):
    monkeypatch.syspath_prepend(str(FOLDER))
    program = importlib.import_module("peers")

    def call(*words):
        program.main([str(word) for word in words])
        return capsys.readouterr().out

    return call


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text(PLAN, encoding="utf-8")
    return path


def save(results, system, factor, **outcome):
    """Save what a measurement of a system would, with predictions that are wrong by a factor."""
    folder = results / f"comparison-house_prices-60s-42-{system.replace(' ', '_')}"
    folder.mkdir(parents=True)
    found = {"predictions": [factor * value for value in ACTUAL], "seconds": 59.0, "size_mb": 1.0, "row_ms": 0.05}
    scores = {"mae": 1.0, "r2": 0.9, "rmsle": abs(factor - 1)}
    result = {
        "outcome": {**found, "note": "", "versions": {system: "1.0"}, **outcome},
        "scores": scores,
        "actual": ACTUAL,
        "facts": {"n_trials": 9} if system == "regression-model" else {},
    }
    surroundings = {"processor": "any", "n_cpus": 2, "python": "3.11.7", "load_before": 0.1}
    content = {"result": result, "reason": "", "surroundings": surroundings}
    (folder / "result.json").write_text(json.dumps(content), encoding="utf-8")


def test_the_plan_here_can_be_read_and_has_all_kinds(run, tmp_path):
    listed = run("--results", tmp_path, "--list")
    assert {line.split("-")[0] for line in listed.splitlines()} == {"comparison", "promotion", "series", "sweep"}


def test_what_is_there_is_not_measured_again(run, plan, tmp_path):
    save(tmp_path / "results", "FLAML", 1.1)
    listed = run("--plan", plan, "--results", tmp_path / "results", "--list").splitlines()
    assert listed == [
        "comparison-house_prices-60s-42-regression-model: to be measured",
        "comparison-house_prices-60s-42-FLAML: there",
        "comparison-house_prices-60s-42-AutoGluon_medium: to be measured",
        "sweep-california_housing_sweep: to be measured",
    ]
    told = run("FLAML", "--plan", plan, "--results", tmp_path / "results")
    assert told == "comparison-house_prices-60s-42-FLAML: there already\n"


def test_another_time_limit_is_another_measurement(run, plan, tmp_path):
    save(tmp_path / "results", "FLAML", 1.1)
    listed = run("FLAML", "--plan", plan, "--results", tmp_path / "results", "--seconds", 5, "--list")
    assert listed == "comparison-house_prices-5s-42-FLAML: to be measured\n"


def test_the_report_replaces_its_own_section_only(run, plan, tmp_path):
    results, report = tmp_path / "results", tmp_path / "RESULTS.md"
    report.write_text("# Others\n\nbefore\n", encoding="utf-8")
    save(results, "regression-model", 1.01)
    save(results, "FLAML", 1.1)
    save(results, "AutoGluon medium", 1.2, size_mb=5.0, row_ms=100.0)
    words = ("--plan", plan, "--results", results, "--report", report)
    for _ in range(2):
        run(*words)
    text = report.read_text(encoding="utf-8")
    assert text.startswith("# Others\n\nbefore\n\n<!-- searches: begin -->")
    assert text.count("## Models that searches find") == 1
    rows = {line.split(" | ")[0].strip("| "): line for line in text.splitlines() if line.startswith("| ")}
    assert rows["house_prices, split 42, 60 s: size / AutoGluon medium"].endswith("| 0.2000 | ≤ 0.1000 | **missed** |")
    assert rows["house_prices, split 42, 60 s: one row / AutoGluon medium"].endswith("| holds |")
    (against,) = [line for name, line in rows.items() if "ours minus that of FLAML, the best peer" in name]
    assert against.endswith("| holds |")
    assert str(tmp_path) not in text


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"comparison"', '"compare"', "measure 1: kind is 'compare'; expected one of comparison, promotion"),
        ("seconds = 60\n", "", "measure 1: has kind, table, seeds, systems; expected kind, table, seconds"),
        ("seconds = 60", "seconds = 0", "measure 1: seconds is 0; expected a positive number"),
        ('"FLAML"', '"FLAMEL"', "measure 1: systems is 'FLAMEL'; expected one of regression-model, FLAML"),
        (PLAN, "", "has no [[measure]]"),
    ],
)
def test_a_plan_that_is_wrong_is_refused(run, plan, tmp_path, old, new, told):
    plan.write_text(PLAN.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SystemExit, match=re.escape(told)):
        run("--plan", plan, "--results", tmp_path, "--list")
