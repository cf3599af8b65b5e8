from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn.base import clone

from regression_model.artifact.pickling import dump
from regression_model.ensembling import member_threads
from regression_model.ensembling.threads import run_all
from regression_model.ensembling.vote import VoteRegressor, normalise
from regression_model.pipeline import build_pipeline

from .conftest import CLASS_LINE, FOREST, LINE, TREES, label

VOTE = {"family": "vote", "members": [{**LINE, "weight": 1}, {**TREES, "weight": 3}]}


def fit_alone(make_config, member, flats, **settings):
    config = make_config(member["model"], preprocessing=member["preprocessing"], **settings)
    frame, price = flats
    return build_pipeline(config).fit(frame, price)


@pytest.mark.parametrize("transform", ["none", "log"])
def test_a_regression_is_the_weighted_mean_on_the_scale_of_the_transformed_target(make_config, flats, transform):
    frame, price = flats
    vote = build_pipeline(make_config(VOTE, transform=transform)).fit(frame, price)
    to, back = (np.log, np.exp) if transform == "log" else (np.asarray, np.asarray)

    alone = [fit_alone(make_config, member, flats, transform=transform) for member in (LINE, TREES)]

    expected = back(0.25 * to(alone[0].predict(frame)) + 0.75 * to(alone[1].predict(frame)))
    np.testing.assert_allclose(vote.predict(frame), expected, rtol=1e-12)


@pytest.mark.parametrize("transform", ["none", "log"])
def test_members_learn_to_the_last_bit_what_they_learn_alone(make_config, flats, transform):
    vote = build_pipeline(make_config(VOTE, transform=transform)).fit(*flats)

    for (_, member), alone in zip(vote[-1].members_, (LINE, TREES), strict=True):
        assert dump(member[-1]) == dump(fit_alone(make_config, alone, flats, transform=transform)[-1])


@pytest.mark.parametrize("classes", [2, 3])
def test_a_classification_is_the_weighted_mean_of_probabilities(make_config, flats, classes):
    frame, price = flats
    labels = label(price, classes)
    members = [{**CLASS_LINE, "weight": 0.5}, {**FOREST, "weight": 0.5}]
    config = make_config({"family": "vote", "members": members}, task="classification")
    vote = build_pipeline(config).fit(frame, labels)

    each = [member.predict_proba(frame) for _, member in vote[-1].members_]

    np.testing.assert_allclose(vote.predict_proba(frame), (each[0] + each[1]) / 2, rtol=1e-12)
    assert list(vote.classes_) == sorted(set(labels))
    assert (vote.predict(frame) == labels).mean() > 0.8


def test_threads_change_no_byte(make_config, flats):
    pipeline = build_pipeline(make_config(VOTE, transform="log"))

    one = dump(clone(pipeline).fit(*flats))
    with member_threads(2):
        two = dump(clone(pipeline).fit(*flats))

    assert one == two == dump(clone(pipeline).fit(*flats))


def test_tasks_end_in_their_order_and_the_first_failure_counts():
    def fail(number):
        raise ValueError(f"task {number}")

    with member_threads(3), pytest.raises(ValueError, match="task 1"):
        run_all([lambda: 0, lambda: fail(1), lambda: fail(2)])
    with pytest.raises(ValueError, match="at least 1, got 0"), member_threads(0):
        pass


def test_a_copy_answers_the_same(make_config, flats):
    frame, price = flats
    vote = build_pipeline(make_config(VOTE)).fit(frame, price)

    restored = pickle.loads(pickle.dumps(vote))

    np.testing.assert_array_equal(restored.predict(frame), vote.predict(frame))


@pytest.mark.parametrize("weights", [[], [1.0], [1.0, 0.0], [1.0, np.nan], [1.0, 2.0, 3.0]])
def test_weights_that_are_none_are_refused(weights):
    with pytest.raises(ValueError, match="expected 2 numbers above 0"):
        normalise(weights, 2)
    with pytest.raises(ValueError, match="one for each member"):
        VoteRegressor([], weights=[1.0]).fit(None, None)


def test_steps_that_members_begin_with_are_fitted_once(make_config, flats):
    other = {**TREES, "name": "other", "preprocessing": [*TREES["preprocessing"], {"step": "scale"}]}
    model = {"family": "vote", "members": [TREES, other, {**TREES, "name": "third"}, LINE]}
    vote = build_pipeline(make_config(model)).fit(*flats)[-1]

    first, second, third, line = (member for _, member in vote.members_)

    assert first[0] is second[0] is third[0]
    assert second[1] is not second[0]
    assert line[0] is not first[0]
    assert dump(second[-1]) == dump(fit_alone(make_config, other, flats)[-1])
    restored = pickle.loads(pickle.dumps(vote))
    assert restored.members_[0][1][0] is restored.members_[1][1][0]
