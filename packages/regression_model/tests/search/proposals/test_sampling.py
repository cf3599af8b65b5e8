import numpy as np
import pytest

from regression_model.search.proposals.sampling import MIN_TOLD_FOR_TPE, Told, sample_choices
from regression_model.search_space import Choice, Real, Whole

SPACE = {
    "rate": Real(0.001, 1.0, log=True),
    "part": Real(0.2, 1.0),
    "leaves": Whole(4, 128, log=True),
    "loss": Choice(("squared", "absolute")),
    "weight": Choice((None, "balanced")),
}
START = {"rate": 0.1, "part": 0.5, "leaves": 31, "loss": "squared", "weight": None, "other": 5}


def check(choices):
    assert 0.001 <= choices["rate"] <= 1.0
    assert 0.2 <= choices["part"] <= 1.0
    assert 4 <= choices["leaves"] <= 128
    assert type(choices["leaves"]) is int
    assert choices["loss"] in ("squared", "absolute")
    assert choices["weight"] in (None, "balanced")


def draw(told, seed):
    return sample_choices(SPACE, START, told, np.random.default_rng(seed))


def make_told(n):
    rng = np.random.default_rng(0)
    rates = np.exp(rng.uniform(np.log(0.001), 0, n))
    return [Told({**START, "rate": float(rate)}, abs(float(np.log(rate / 0.02)))) for rate in rates]


@pytest.mark.parametrize("n_told", [0, 3, 2 * MIN_TOLD_FOR_TPE])
def test_samples_stay_in_the_space_and_keep_what_is_not_in_it(n_told):
    for seed in range(30):
        choices = draw(make_told(n_told), seed)
        check(choices)
        assert choices["other"] == 5


def test_the_same_seed_samples_the_same():
    told = make_told(20)
    assert [draw(told, seed) for seed in range(10)] == [draw(told, seed) for seed in range(10)]
    assert len({str(draw(told, seed)) for seed in range(10)}) > 5


def test_a_step_moves_at_least_one_choice():
    assert all(draw([], seed) != START for seed in range(50))


def test_samples_gather_where_losses_are_small():
    rates = np.array([draw(make_told(40), seed)["rate"] for seed in range(40)])
    assert np.median(np.abs(np.log(rates / 0.02))) < 0.5 * np.log(1000) / 2


def test_known_starts_may_lie_outside_the_space():
    outside = {"rate": 5.0, "leaves": 1000, "loss": "huber"}
    for seed in range(20):
        choices = sample_choices(SPACE, outside, [Told(outside, 1.0)] * 8, np.random.default_rng(seed))
        assert set(choices) <= set(SPACE)
