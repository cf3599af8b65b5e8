from __future__ import annotations

import numpy as np
import pytest

from regression_model.config import load_config
from regression_model.evaluation import evaluate_predictions
from regression_model.evaluation.scoring import Scorer
from regression_model.records.leaderboard import HoldoutScore
from regression_model.search.ensembling import EnsembleSettings, select_ensemble
from regression_model.search.outcome import SearchOutcome
from regression_model.search.records import Candidate, TrialResult

FAMILIES = ("lightgbm", "xgboost", "ridge")


def build_results(scorer, target, answers):
    rng = np.random.default_rng(7)
    results = []
    for number, answer in answers.items():
        family = FAMILIES[number % 3]
        parameters = {"learning_rate": float(rng.uniform(0.01, 0.3)), "encoding": ("one_hot", "target")[number % 2]}
        if family != "ridge":
            parameters["max_depth"] = int(rng.integers(3, 9))
        changes = {"model": {"family": family}}
        score = scorer.find_score(target, answer)
        results.append(
            TrialResult(
                Candidate(number, "portfolio", family, changes, parameters=parameters),
                "completed",
                score=score,
                interval=(0.95 * score, 1.05 * score),
                metrics={scorer.metric: score},
                fit_time_s=1.5 + number,
                latency_ms=0.02 * (1 + number),
                compiled=family != "ridge",
                size_bytes=40_000 * (1 + number),
            )
        )
    failed = Candidate(len(answers), "sampler", "lightgbm", {}, parameters={"learning_rate": 0.5})
    return [*results, TrialResult(failed, "timed_out", reason="took more than 10 s")]


def build_outcome(config, scorer, target, answers, **others):
    results = build_results(scorer, target, answers)
    choices = select_ensemble(results, answers, target, scorer, EnsembleSettings(n_bootstrap=30))
    predictions = dict(answers)
    for choice in choices:
        if choice.kind != "single":
            number = len(results)
            results.append(choice.to_result(number))
            predictions[number] = choice.predictions
    winner = next((row.candidate.number for row in results if row.candidate.origin == "vote"), None)
    return SearchOutcome(
        config=config,
        run="20260101-120000-abcdef",
        metric=scorer.metric,
        results=results,
        target=target,
        predictions=predictions,
        classes=scorer.classes,
        choices=choices,
        winner=winner,
        holdout={winner: HoldoutScore(0.5, 0.4, 0.6)},
        guardrails=[
            {
                "name": "missing_values", "severity": "warning", "columns": ["total_bedrooms"],
                "found": "<b>missing</b> only in the holdout", "done": "filled",
            }
        ],
        facts={"Trials": "9 of 9", "Seed": "42"},
        **others,
    )  # fmt: skip


@pytest.fixture(scope="session")
def regression_outcome():
    rng = np.random.default_rng(0)
    target = rng.lognormal(12, 0.5, 400)
    answers = {number: target * np.exp(rng.normal(0, 0.1 + 0.01 * number, 400)) for number in range(9)}
    evaluation = evaluate_predictions("regression", target[:50], answers[0][:50], n_bootstrap=20)
    return build_outcome(
        load_config("california_housing"), Scorer("regression", "rmse"), target, answers,
        evaluation=evaluation, max_latency_ms=0.5,
    )  # fmt: skip


@pytest.fixture(scope="session")
def classification_outcome():
    rng = np.random.default_rng(1)
    truth = rng.normal(0, 2, 400)
    target = np.where(rng.random(400) < 1 / (1 + np.exp(-truth)), "yes", "no").astype(object)
    answers = {}
    for number in range(5):
        share = 1 / (1 + np.exp(-truth - rng.normal(0, 0.8 + 0.1 * number, 400)))
        answers[number] = np.column_stack([1 - share, share])
    scorer = Scorer("classification", "log_loss", ("no", "yes"))
    return build_outcome(load_config("bank_marketing"), scorer, target, answers, truncated=True)
