"""Starts and spaces of all families: whatever a search tries is a valid configuration."""

from __future__ import annotations

import math
import random
from itertools import product
from typing import Any

import pytest

from regression_model.families.class_weights import arrange_weights, may_balance, wants_balance
from regression_model.families.losses import wants_absolute_error
from regression_model.families.registry import model_families
from regression_model.families.rounds import RoundsFamily
from regression_model.search_space import Choice, Distribution, Real, TableFacts, Value, Whole

FACTS = [
    *(
        TableFacts("regression", n_rows, 30, metric=metric)
        for n_rows, metric in product((200, 50_000), ("mae", "rmse"))
    ),
    *(
        TableFacts("classification", n_rows, 30, n_classes, imbalanced, metric)
        for n_rows, n_classes, imbalanced, metric in product(
            (200, 50_000), (2, 5), (False, True), ("log_loss", "f1_macro")
        )
    ),
]
EACH = [
    pytest.param(
        name, facts, id=f"{name}-{facts.task}-{facts.n_rows}-{facts.n_classes}-{facts.imbalanced}-{facts.metric}"
    )
    for name, family in model_families().items()
    for facts in FACTS
    if facts.task in family.tasks
]


def draw(distribution: Distribution, chance: random.Random) -> Value:
    if isinstance(distribution, Choice):
        return chance.choice(distribution.values)
    low, high = distribution.low, distribution.high
    if isinstance(distribution, Real):
        return (
            math.exp(chance.uniform(math.log(low), math.log(high))) if distribution.log else chance.uniform(low, high)
        )
    return chance.randint(low, high)


@pytest.mark.parametrize(("name", "facts"), EACH)
def test_every_start_and_sample_is_a_valid_model(name, facts):
    family = model_families()[name]
    for start in family.portfolio(facts):
        family.model_validate({"family": name, **start})
    space = family.space(facts)
    for parameter, distribution in space.items():
        assert parameter in family.model_fields
        if not isinstance(distribution, Choice):
            assert distribution.low < distribution.high
            assert not distribution.log or distribution.low > 0
    chance = random.Random(0)
    for _ in range(20):
        sample = {parameter: draw(distribution, chance) for parameter, distribution in space.items()}
        family.model_validate({"family": name, **sample})


LEFT_ALONE = {"ridge_classifier"}  # made for the columns of one extractor, and named with it


@pytest.mark.parametrize(("name", "facts"), EACH)
def test_starts_differ_and_every_family_has_one(name, facts):
    starts = model_families()[name].portfolio(facts)
    assert starts or name in LEFT_ALONE, "a search knows where to begin"
    assert len({tuple(sorted((key, str(value)) for key, value in start.items())) for start in starts}) == len(starts)


@pytest.mark.parametrize("name", ["lightgbm", "xgboost", "catboost", "hist_gradient_boosting"])
def test_of_absolute_errors_the_boosters_minimise_them(name):
    family = model_families()[name]
    keys = {"loss", "loss_function", "objective"}

    def find_losses(metric: str) -> set[str]:
        starts = family.portfolio(TableFacts("regression", 9_000, 9, metric=metric))
        return {str(start[key]) for start in starts for key in keys & set(start)}

    assert find_losses("mae") & {"regression_l1", "reg:absoluteerror", "MAE", "absolute_error"}
    assert not find_losses("rmse") & {"regression_l1", "reg:absoluteerror", "MAE", "absolute_error"}


@pytest.mark.parametrize(
    ("metric", "wanted"),
    [
        ("mae", True),
        ("normalized_mean_absolute_error", True),
        ("MEDIAN_ABSOLUTE_ERROR", True),
        ("rmse", False),
        ("", False),
    ],
)
def test_which_metrics_are_of_absolute_errors(metric, wanted):
    assert wants_absolute_error(TableFacts("regression", 100, 3, metric=metric)) is wanted
    assert not wants_absolute_error(TableFacts("classification", 100, 3, 2, metric=metric))


@pytest.mark.parametrize(
    ("metric", "first"),
    [("norm_macro_recall", True), ("balanced_accuracy", True), ("log_loss", False), ("AUC_macro", False)],
)
def test_weights_of_classes_come_first_where_the_metric_is_about_finding_each(metric, first):
    facts = TableFacts("classification", 100, 3, 2, imbalanced=True, metric=metric)
    starts: list[dict[str, Any]] = [{"C": 1.0}, {"C": 0.1}]
    arranged = arrange_weights(starts, facts)
    assert wants_balance(facts) is first
    assert arranged[0 if first else -1] == {"C": 1.0, "class_weight": "balanced"}
    assert len(arranged) == 3
    even = TableFacts("classification", 100, 3, 2, metric=metric)
    assert not may_balance(even)
    assert arrange_weights(starts, even) == tuple(starts)


@pytest.mark.parametrize(("name", "facts"), EACH)
def test_in_a_hurry_boosters_take_half_the_rounds_of_twice_the_weight(name, facts):
    family = model_families()[name]
    for start in family.portfolio(facts):
        hurried = family.hurry(start)
        family.model_validate({"family": name, **hurried})
        if not issubclass(family, RoundsFamily):
            assert hurried == start
            continue
        assert hurried[family.rounds] == pytest.approx(start[family.rounds] / 2, abs=0.5)
        assert hurried["learning_rate"] == 2 * start["learning_rate"]
        assert {**hurried, **start} == start


def test_a_space_needs_no_library():
    """Only what is built imports it: the spaces are plain data."""
    assert isinstance(model_families()["xgboost"].space(FACTS[0])["max_depth"], Whole)
