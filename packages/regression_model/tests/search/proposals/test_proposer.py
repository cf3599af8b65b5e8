import json
import random

import numpy as np
import pytest

from regression_model.records.applying import apply_changes
from regression_model.search.featurization import prepare_features
from regression_model.search.guardrails import check_guardrails
from regression_model.search.proposals import Proposer, describe_table
from regression_model.search.records import TrialResult

RNG = np.random.default_rng(13)
N = 300
ROLES = {
    "number": {"a": RNG.normal(size=N), "tail": RNG.lognormal(size=N)},
    "category": {"b": RNG.choice(list("pqrstu"), N)},
}
REGRESSION = ROLES["number"]["a"] + RNG.normal(size=N) + 10
CLASSES = np.where(REGRESSION > 10, "yes", "no")
VOTE = {
    "family": "vote",
    "members": [
        {
            "name": name,
            "weight": weight,
            "preprocessing": [{"step": "ordered_encoding"}, {"step": "scale"}],
            "model": {"family": family},
        }
        for name, weight, family in (("line", 0.5, "ridge"), ("trees", 1.5, "random_forest"))
    ],
}


def make_proposer(table, metric, seed=5):
    config, split = table
    preparation = prepare_features(split, config, check_guardrails(split, config), metric)
    return Proposer(config, describe_table(split, config, metric), preparation, config.search, seed)


def tell(candidates, seed=0):
    draws = random.Random(seed)
    scores = {candidate.number: draws.random() for candidate in candidates}
    return [
        TrialResult(item, "completed", score=scores[item.number]) if item.number % 7 else TrialResult(item, "failed")
        for item in candidates
    ]


@pytest.mark.parametrize(
    ("target", "metric"), [(REGRESSION, "mae"), (CLASSES, "log_loss"), (RNG.choice(list("xyz"), N), "accuracy")]
)
def test_every_candidate_is_a_valid_configuration(make_table, target, metric):
    config, split = make_table(ROLES, target)
    proposer = make_proposer((config, split), metric)
    told = tell(proposer.starts)
    for first in range(len(proposer.starts), len(proposer.starts) + 24, 4):
        told += tell(proposer.propose(range(first, first + 4), told), seed=first)
    for result in told:
        candidate = result.candidate
        assert apply_changes(config, candidate.changes).model.family == candidate.family
        assert json.loads(json.dumps(candidate.changes)) == candidate.changes


def test_the_configuration_itself_comes_first(make_table):
    config, split = make_table(ROLES, REGRESSION)
    (first,) = make_proposer((config, split), "rmse").propose([0], [])
    assert first.origin == "baseline"
    assert apply_changes(config, first.changes) == config.model_copy(update={"search": type(config.search)()})


def test_then_comes_the_first_start_of_each_family(make_table):
    proposer = make_proposer(make_table(ROLES, REGRESSION), "rmse")
    families = [candidate.family for candidate in proposer.starts[1:]]
    assert len(set(families)) == len(families) > 5
    assert {candidate.origin for candidate in proposer.starts[1:]} == {"portfolio"}


def test_further_starts_come_before_samples_and_none_twice_while_results_are_pending(make_table):
    proposer = make_proposer(make_table(ROLES, REGRESSION, search={"families": ["ridge"]}), "rmse")
    n, told = len(proposer.starts), tell(proposer.starts)
    first = proposer.propose(range(n, n + 2), told)
    second = proposer.propose(range(n + 2, n + 30), told, first)
    documents = [json.dumps(candidate.changes, sort_keys=True) for candidate in (*first, *second)]
    assert len(set(documents)) == len(documents)
    origins = [candidate.origin for candidate in (*first, *second)]
    assert origins == sorted(origins)  # "portfolio" is before "sampler"
    assert set(origins) == {"portfolio", "sampler"}


def test_proposals_depend_on_seed_number_and_results_alone(make_table):
    table = make_table(ROLES, REGRESSION)
    first, second = make_proposer(table, "rmse"), make_proposer(table, "rmse")
    n = len(first.starts)
    told = tell(first.starts)
    expected = first.propose([n, n + 1, n + 2], told)
    assert second.propose([n, n + 1, n + 2], told[::-1]) == expected
    assert second.propose([n], told)[0] == expected[0]
    assert make_proposer(table, "rmse", seed=6).propose([n], told) != [expected[0]]


def test_no_two_candidates_are_the_same(make_table):
    proposer = make_proposer(make_table(ROLES, REGRESSION), "rmse")
    n = len(proposer.starts)
    told = tell(proposer.starts)
    told += tell(proposer.propose(range(n, n + 20), told))
    documents = [json.dumps(result.candidate.changes, sort_keys=True) for result in told]
    assert len(set(documents)) == len(documents)


@pytest.mark.parametrize("metric", ["rmse", "r2"])
def test_what_does_well_is_sampled_rather(make_table, metric):
    proposer = make_proposer(make_table(ROLES, REGRESSION), metric)
    n = len(proposer.starts)
    good, bad = (0.0, 1.0) if metric == "rmse" else (1.0, 0.0)
    told = [TrialResult(item, "completed", score=good if item.family == "ridge" else bad) for item in proposer.starts]
    sampled = [candidate.family for candidate in proposer.propose(range(n, n + 40), told)]
    assert sampled.count("ridge") == max(sampled.count(name) for name in sampled)


def test_sampling_goes_on_where_all_have_failed(make_table):
    proposer = make_proposer(make_table(ROLES, REGRESSION), "rmse")
    n = len(proposer.starts)
    told = [TrialResult(item, "crashed") for item in proposer.starts]
    assert len(proposer.propose(range(n, n + 8), told)) == 8


def test_named_families_are_the_only_ones_but_for_the_baseline(make_table):
    table = make_table(ROLES, REGRESSION, search={"families": ["ridge"]})
    proposer = make_proposer(table, "rmse")
    n = len(proposer.starts)
    candidates = [*proposer.starts, *proposer.propose(range(n, n + 4), tell(proposer.starts))]
    assert {candidate.family for candidate in candidates[1:]} == {"ridge"}


def test_where_time_is_short_quick_families_come_before_the_baseline(make_table):
    table = make_table(ROLES, REGRESSION, search={"time_limit_s": 1, "jobs": 2})
    first = make_proposer(table, "rmse").starts[:4]
    assert [candidate.origin for candidate in first] == ["portfolio"] * 3 + ["baseline"]
    assert [candidate.number for candidate in first] == [0, 1, 2, 3]


def test_an_ensemble_can_be_the_baseline(make_table):
    config, split = make_table(ROLES, REGRESSION, preprocessing=[], model=VOTE)
    proposer = make_proposer((config, split), "rmse")
    assert apply_changes(config, proposer.starts[0].changes).model == config.model
    for candidate in proposer.starts:
        apply_changes(config, candidate.changes)
