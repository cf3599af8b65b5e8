from __future__ import annotations

import numpy as np
import pytest

from regression_model.evaluation.scoring import Scorer
from regression_model.search.ensembling import EnsembleSettings, select_ensemble
from regression_model.search.records import Candidate, TrialResult

BASE = {"target": {"transform": "none"}, "preprocessing": [], "model": {"family": "lasso"}}
RMSE = Scorer("regression", "rmse")
QUICK = {"base": BASE, "n_bootstrap": 50}


def settings(**changes):
    return EnsembleSettings(**{**QUICK, **changes})


def trial(number, scorer, target, answer, **facts):
    family = facts.pop("family", "ridge")
    changes = facts.pop("changes", {"model": {"family": family}})
    known = {"fit_time_s": 1.0, "latency_ms": 0.1, "compiled": True, "size_bytes": 1000}
    score = scorer.find_score(target, answer)
    return TrialResult(Candidate(number, "portfolio", family, changes), "completed", score=score, **{**known, **facts})


def noisy(target, seed, size):
    return target + np.random.default_rng(seed).normal(0, size, len(target))


@pytest.fixture
def three():
    """Three regressions whose errors have nothing to do with each other."""
    target = np.random.default_rng(0).normal(100, 20, 600)
    answers = {number: noisy(target, 10 + number, size) for number, size in enumerate((6.0, 6.5, 7.0))}
    return target, answers, [trial(number, RMSE, target, answer) for number, answer in answers.items()]


def test_a_vote_of_independent_models_beats_each_of_them(three):
    target, answers, results = three

    best, *others = select_ensemble(results, answers, target, RMSE, settings(wanted="vote"))

    assert best.kind == "vote"
    assert [choice.kind for choice in others] == ["single"]
    assert best.score < 0.7 * results[0].score
    assert best.interval[0] < best.score < best.interval[1]
    assert sum(member.weight for member in best.members) == pytest.approx(1, abs=1e-5)
    assert [member.weight for member in best.members] == sorted((m.weight for m in best.members), reverse=True)
    assert RMSE.find_score(target, best.predictions) == best.score


def test_the_document_of_a_vote_says_all_of_its_members(three):
    target, answers, results = three

    best = select_ensemble(results, answers, target, RMSE, settings(wanted="vote"))[0]

    assert best.changes["target"] == {"transform": "none"}
    assert best.changes["model"]["family"] == "vote"
    assert [member["name"] for member in best.changes["model"]["members"]] == [one.name for one in best.members]
    assert {member["name"] for member in best.changes["model"]["members"]} == {"ridge_0", "ridge_1", "ridge_2"}


def test_steps_that_all_members_begin_with_are_said_once(three):
    target, answers, _ = three
    first, second = {"step": "impute_number", "columns": "number"}, {"step": "scale", "columns": "all"}
    ways = [[first, second], [first], [first, second]]
    results = [
        trial(number, RMSE, target, answers[number], changes={"preprocessing": way, "model": {"family": "ridge"}})
        for number, way in enumerate(ways)
    ]

    vote, stack = (
        next(c for c in select_ensemble(results, answers, target, RMSE, settings()) if c.kind == kind)
        for kind in ("vote", "stack")
    )

    assert vote.changes["preprocessing"] == [first]
    by_name = {member["name"]: member.get("preprocessing") for member in vote.changes["model"]["members"]}
    assert by_name == {"ridge_0": [second], "ridge_1": None, "ridge_2": [second]}
    assert stack.changes["preprocessing"] == []
    assert stack.changes["model"]["members"][0]["preprocessing"][0] == first


def test_a_vote_averages_on_the_scale_of_the_transformed_target():
    target = np.exp(np.random.default_rng(1).normal(3, 1, 400))
    answers = {0: target * 2, 1: target / 2}
    scorer = Scorer("regression", "rmsle")
    log = {"target": {"transform": "log"}, "model": {"family": "ridge"}}
    results = [trial(number, scorer, target, answer, changes=log) for number, answer in answers.items()]

    vote = select_ensemble(results, answers, target, scorer, settings(wanted="vote"))[0]

    assert vote.kind == "vote"
    assert vote.predictions == pytest.approx(target)  # the geometric mean
    assert vote.changes["target"] == {"transform": "log"}


def test_trials_that_do_not_belong_together_make_no_ensemble(three):
    target, answers, _ = three
    log = {"target": {"transform": "log"}, "model": {"family": "ridge"}}
    results = [
        trial(0, RMSE, target, answers[0]),
        trial(1, RMSE, target, answers[1], changes=log),
        trial(2, RMSE, target, answers[2], compiled=False),
    ]

    assert [choice.kind for choice in select_ensemble(results, answers, target, RMSE, settings())] == ["single"]


def test_an_ensemble_is_no_member_of_another(three):
    target, answers, results = three
    results = [trial(0, RMSE, target, answers[0], changes={"model": {"family": "vote"}}), *results[1:]]

    choices = select_ensemble(results, answers, target, RMSE, settings(wanted="vote"))

    assert {choice.kind: {member.number for member in choice.members} for choice in choices} == {
        "single": {0},
        "vote": {1, 2},
    }


def test_failed_trials_do_not_count(three):
    target, answers, results = three
    failed = TrialResult(Candidate(7, "sampler", "ridge", {}), "timed_out", reason="took 10 s")

    choices = select_ensemble([failed, *results], answers, target, RMSE, settings(wanted="none"))

    assert [choice.members[0].number for choice in choices] == [0]
    assert select_ensemble([failed], {}, target, RMSE, settings()) == []


def test_weights_that_fit_noise_do_not_make_a_score_better():
    """Thirty models that know nothing: weights learned on all rows would claim to, cross-fitted ones do not."""
    rng = np.random.default_rng(3)
    target = rng.normal(0, 1, 60)
    answers = {number: rng.normal(0, 1, 60) for number in range(20)}
    results = [trial(number, RMSE, target, answer) for number, answer in answers.items()]

    vote = next(c for c in select_ensemble(results, answers, target, RMSE, settings()) if c.kind == "vote")

    weights = {member.number: member.weight for member in vote.members}
    claimed = RMSE.find_score(target, sum(weight * answers[number] for number, weight in weights.items()))
    assert claimed < 0.95 * vote.score


class TestBudgets:
    def test_latencies_of_members_add_up(self, three):
        target, answers, results = three

        choices = select_ensemble(results, answers, target, RMSE, settings(max_latency_ms=0.25))

        assert choices[0].kind != "single"
        assert {len(choice.members) for choice in choices} == {1, 2}
        assert all(choice.latency_ms <= 0.25 for choice in choices)

    def test_without_a_trial_within_the_budget_there_is_no_answer(self, three):
        target, answers, results = three

        assert select_ensemble(results, answers, target, RMSE, settings(max_latency_ms=0.01)) == []

    def test_what_is_not_known_is_not_within_the_budget(self, three):
        target, answers, results = three
        results = [results[0], *(trial(n, RMSE, target, answers[n], latency_ms=None) for n in (1, 2))]

        choices = select_ensemble(results, answers, target, RMSE, settings(max_latency_ms=5))

        assert [choice.kind for choice in choices] == ["single"]

    def test_a_stack_takes_as_many_fits_as_it_has_folds_and_one(self, three):
        target, answers, results = three

        choices = select_ensemble(results, answers, target, RMSE, settings(max_fit_time_s=3))
        assert {choice.kind for choice in choices} == {"single", "vote"}
        choices = select_ensemble(results, answers, target, RMSE, settings(max_fit_time_s=18))
        assert {choice.kind: choice.fit_time_s for choice in choices} == {"single": 1, "vote": 3, "stack": 18}

    def test_no_more_members_than_allowed(self, three):
        target, answers, results = three

        choices = select_ensemble(results, answers, target, RMSE, settings(max_members=2))

        assert max(len(choice.members) for choice in choices) == 2


class TestClassification:
    CLASSES = ("no", "yes")

    @pytest.fixture
    def two(self):
        rng = np.random.default_rng(5)
        truth = rng.normal(0, 2, 800)
        target = np.where(rng.random(800) < 1 / (1 + np.exp(-truth)), "yes", "no").astype(object)
        answers = {}
        for number in range(2):
            share = 1 / (1 + np.exp(-noisy(truth, 20 + number, 1.5)))
            answers[number] = np.column_stack([1 - share, share])
        return target, answers

    @pytest.mark.parametrize("metric", ["log_loss", "roc_auc", "accuracy", "AUC_weighted"])
    def test_two_are_better_than_one(self, two, metric):
        target, answers = two
        scorer = Scorer("classification", metric, self.CLASSES)
        results = [trial(n, scorer, target, a, family="logistic_regression") for n, a in answers.items()]

        best = select_ensemble(results, answers, target, scorer, settings(wanted="vote"))[0]

        assert best.kind == "vote"
        assert best.predictions.sum(axis=1) == pytest.approx(np.ones(800))
        assert scorer.find_score(target, best.predictions) == best.score
        assert set(best.metrics) >= {"log_loss", "roc_auc", scorer.definition.name}

    def test_a_stack_wins_where_members_are_too_sure_of_themselves(self, two):
        target, answers = two
        sure = {n: a**6 / (a**6).sum(axis=1, keepdims=True) for n, a in answers.items()}
        scorer = Scorer("classification", "log_loss", self.CLASSES)
        results = [trial(n, scorer, target, a, family="logistic_regression") for n, a in sure.items()]

        assert select_ensemble(results, sure, target, scorer, settings())[0].kind == "stack"

    def test_a_class_with_fewer_rows_than_folds_can_not_be_stacked(self, two):
        _, answers = two
        target = np.array(["no"] * 796 + ["yes"] * 4, dtype=object)
        scorer = Scorer("classification", "log_loss", self.CLASSES)
        results = [trial(n, scorer, target, a, family="logistic_regression") for n, a in answers.items()]

        assert "stack" not in {c.kind for c in select_ensemble(results, answers, target, scorer, settings())}

    def test_three_classes(self):
        rng = np.random.default_rng(6)
        codes = rng.integers(0, 3, 600)
        answers = {}
        for number in range(3):
            leaning = np.eye(3)[codes] + rng.gamma(1.0, 1.0, (600, 3))
            answers[number] = leaning / leaning.sum(axis=1, keepdims=True)
        scorer = Scorer("classification", "log_loss", (0, 1, 2))
        results = [trial(n, scorer, codes, a, family="logistic_regression") for n, a in answers.items()]

        choices = select_ensemble(results, answers, codes, scorer, settings())

        assert {choice.kind for choice in choices} == {"single", "vote", "stack"}
        assert choices[0].kind != "single"


def test_no_stack_where_rows_can_not_be_divided(three):
    target, answers, results = three

    stackable, other = (
        {c.kind for c in select_ensemble(results, answers, target, RMSE, settings(can_stack=possible))}
        for possible in (True, False)
    )

    assert stackable - other == {"stack"}


def test_the_same_question_has_the_same_answer(three):
    target, answers, results = three
    first = select_ensemble(results, answers, target, RMSE, settings(seed=3))
    again = select_ensemble(results[::-1], dict(reversed(answers.items())), target, RMSE, settings(seed=3))

    assert [(c.kind, c.members, c.score, c.interval, c.changes) for c in first] == [
        (c.kind, c.members, c.score, c.interval, c.changes) for c in again
    ]


def test_as_a_row_of_the_leaderboard(three):
    target, answers, results = three
    best = select_ensemble(results, answers, target, RMSE, settings(wanted="vote"))[0]

    row = best.to_result(9, "0009.npy")

    assert (row.candidate.number, row.candidate.origin, row.candidate.family) == (9, "vote", "vote")
    assert row.score == best.score
    assert set(row.candidate.parameters) == {"ridge_0", "ridge_1", "ridge_2"}
    with pytest.raises(ValueError, match="row of the leaderboard already"):
        select_ensemble(results, answers, target, RMSE, settings(wanted="none"))[0].to_result(9)


def test_of_single_models_the_best_that_can_be_fitted_in_time_is_chosen_and_the_best_if_none_can(three):
    target, answers, _ = three
    results = [trial(n, RMSE, target, answer, fit_time_s=9.0 - 4.0 * n) for n, answer in answers.items()]
    chosen = [
        select_ensemble(results, answers, target, RMSE, settings(wanted="none", max_fit_time_s=limit_s))[0]
        for limit_s in (None, 9.0, 5.0, 1.0, 0.5)
    ]
    assert [choice.members[0].number for choice in chosen] == [0, 0, 1, 2, 0]


def test_a_vote_that_is_hardly_better_stands_behind_the_best_single_model():
    target = np.random.default_rng(0).normal(100, 20, 600)
    shared = noisy(target, 1, 6.0)
    answers = {number: noisy(shared, 4 + number, 0.5) for number in range(2)}
    results = [trial(number, RMSE, target, found) for number, found in answers.items()]

    asked_for = select_ensemble(results, answers, target, RMSE, settings(wanted="vote"))
    best, *others = select_ensemble(results, answers, target, RMSE, settings(wanted="auto", can_stack=False))

    assert (asked_for[0].kind, asked_for[0].score < best.score) == ("vote", True)
    assert best.kind == "single"
    assert "vote" in [choice.kind for choice in others]


@pytest.mark.parametrize(
    ("facts", "changes"),
    [({"latency_ms": 0.5}, {}), ({"size_bytes": 6_000_000}, {"max_size_bytes": 10e6})],
    ids=["a millisecond", "size"],
)
def test_an_ensemble_stays_small_and_quick_unless_more_is_asked_for(three, facts, changes):
    target, answers, _ = three
    results = [trial(number, RMSE, target, answer, **facts) for number, answer in answers.items()]

    small = select_ensemble(results, answers, target, RMSE, settings(**changes))
    large = select_ensemble(results, answers, target, RMSE, settings(max_latency_ms=5.0))

    assert [choice.kind for choice in small] == ["single"]
    assert large[0].kind in ("vote", "stack")
