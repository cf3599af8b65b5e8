from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from regression_model.compiled.attribution.network import NetworkAttributor
from regression_model.compiled.models.network import NetworkModel, Scaling, Target


def build_model(activation: str = "relu", n_outputs: int = 1, target: Target | None = None) -> NetworkModel:
    draw = np.random.default_rng(4)
    sizes = [5, 9, 6, n_outputs]
    layers = [(draw.normal(size=pair), draw.normal(size=pair[1])) for pair in pairwise(sizes)]
    scaling = Scaling(draw.normal(size=5), draw.uniform(0.5, 2, 5), np.full(5, -2.5), np.full(5, 2.5))
    return NetworkModel(scaling, layers, activation, target)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("target", [None, Target(100.0, 7.0, -1.0, 1.0)])
def test_contributions_add_up_to_each_output(activation, target):
    model = build_model(activation, 3, target)
    draw = np.random.default_rng(0)
    rows, reference = draw.normal(size=(500, 5)) * 2, draw.normal(size=5)
    rows[:50] = reference  # differences that are nothing, or next to nothing
    rows[10:50, 2] += np.geomspace(1e-16, 1e-3, 40)
    outputs = draw.integers(0, 3, 500)
    bases, contributions = NetworkAttributor(model, reference).attribute(rows, outputs)
    predicted = model.predict_columns(rows)[np.arange(500), outputs]
    np.testing.assert_allclose(bases + contributions.sum(axis=1), predicted, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(bases, model.predict_columns(reference[None, :])[0, outputs])


def test_a_column_that_is_as_in_the_reference_adds_nothing():
    model = build_model()
    rows, reference = np.random.default_rng(1).normal(size=(20, 5)), np.zeros(5)
    rows[:, 3] = 0.0
    _, contributions = NetworkAttributor(model, reference).attribute(rows, np.zeros(20, dtype=np.intp))
    assert (contributions[:, 3] == 0).all()
    assert (contributions[:, :3] != 0).any()


def test_where_units_do_not_bend_it_is_weight_times_difference():
    layers = [(np.eye(2), np.full(2, 100.0)), (np.array([[3.0], [-4.0]]), np.zeros(1))]
    model = NetworkModel(Scaling(np.zeros(2), np.ones(2), np.full(2, -9.0), np.full(2, 9.0)), layers, "relu")
    _, contributions = NetworkAttributor(model, np.array([1.0, 1.0])).attribute(np.array([[2.0, 3.0]]), np.array([0]))
    np.testing.assert_allclose(contributions, [[3.0, -8.0]])


def test_the_answer_for_a_row_does_not_depend_on_the_others(monkeypatch):
    model = build_model()
    rows = np.random.default_rng(3).normal(size=(30, 5))
    outputs = np.zeros(30, dtype=np.intp)
    _, together = NetworkAttributor(model, np.zeros(5)).attribute(rows, outputs)
    monkeypatch.setattr("regression_model.compiled.attribution.network._MAX_CELLS", 20)
    _, in_blocks = NetworkAttributor(model, np.zeros(5)).attribute(rows, outputs)
    np.testing.assert_allclose(in_blocks, together, rtol=1e-12)
    assert NetworkAttributor(model, np.zeros(5)).attribute(rows[:0], outputs[:0])[1].shape == (0, 5)
