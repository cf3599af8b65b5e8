"""Networks are sound on raw tables, whichever library trains them."""

from __future__ import annotations

import pickle
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from regression_model.families.adapted.keras_network import KerasClassNetwork, KerasNumberNetwork
from regression_model.families.adapted.sklearn_network import SklearnClassNetwork, SklearnNumberNetwork
from regression_model.row_groups import row_groups

NUMBERS = [SklearnNumberNetwork, pytest.param(KerasNumberNetwork, marks=pytest.mark.heavy)]
CLASSES = [SklearnClassNetwork, pytest.param(KerasClassNetwork, marks=pytest.mark.heavy)]
FEW: dict[str, Any] = {"hidden_layers": (16, 8), "epochs": 30, "learning_rate": 0.01, "batch_size": 32}


def build_table(n_rows: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Raw columns: millions, a year, a constant, one with a wild outlier; the target in hundreds of thousands."""
    draw = np.random.default_rng(2)
    size, year = draw.normal(5e6, 1e6, n_rows), draw.integers(1900, 2020, n_rows)
    wild = draw.normal(size=n_rows)
    wild[7] = 1e6
    target = 2e5 + size / 50 + 500 * (year - 1960) + draw.normal(0, 2_000, n_rows)
    return np.column_stack([size, year, np.ones(n_rows), wild]), target


@pytest.mark.parametrize("make", NUMBERS)
def test_raw_columns_are_scaled(make):
    rows, target = build_table()
    model = make(**FEW).fit(rows, target)
    assert model.score(rows, target) > 0.9


@pytest.mark.parametrize("make", NUMBERS)
def test_nothing_extrapolates_wildly(make):
    rows, target = build_table()
    model = make(**FEW).fit(rows, target)
    far = np.array([[1e300, 1e300, -1e300, 0.0], [-1e300, 0.0, 5.0, 1e12]])
    answers = model.predict(far)
    nearest = np.clip(far, rows.min(axis=0), rows.max(axis=0))
    np.testing.assert_allclose(answers, model.predict(nearest), rtol=1e-9)
    assert (answers >= target.min() - 1e-6).all()
    assert (answers <= target.max() + 1e-6).all()


@pytest.mark.parametrize("make", NUMBERS)
def test_the_best_epoch_is_kept(make):
    rows, target = build_table()
    told: list[np.ndarray] = []
    unstable = FEW | {"learning_rate": 0.3, "schedule": "constant", "epochs": 12, "n_iter_no_change": 100}
    model = make(**unstable).fit_epochs(rows, target, rows[:5], lambda epoch, answers: told.append(answers) is None)
    assert 1 <= model.best_epoch_ <= 12
    if make is SklearnNumberNetwork:
        assert model.best_epoch_ < 12, "of this wild training the last epoch is not the best"
    np.testing.assert_array_equal(told[-1], told[model.best_epoch_ - 1])
    np.testing.assert_allclose(model.predict(rows[:5]), told[-1], rtol=1e-12)


def test_a_training_ends_early_without_improvement():
    rows, target = build_table()
    epochs: list[int] = []
    FEW_NEVER = FEW | {"learning_rate": 1e-12, "epochs": 500, "n_iter_no_change": 4, "schedule": "constant"}
    model = SklearnNumberNetwork(**FEW_NEVER).fit_epochs(
        rows, target, rows[:2], lambda epoch, answers: epochs.append(epoch) is None
    )
    assert epochs[-1] - model.best_epoch_ <= 4
    assert epochs[-1] < 500


def test_without_early_stopping_the_last_epoch_counts():
    rows, target = build_table()
    model = SklearnNumberNetwork(**FEW, early_stopping=False).fit(rows, target)
    assert model.best_epoch_ == 30


def test_few_rows_are_all_learned_from():
    rows, target = build_table(20)
    assert SklearnNumberNetwork(**FEW).fit(rows, target).best_epoch_ == 30


@pytest.mark.parametrize("make", CLASSES)
@pytest.mark.parametrize("labels", [("no", "yes"), ("high", "low", "middle")])
def test_classes(make, labels):
    rows, target = build_table()
    bands = np.digitize(target, np.quantile(target, np.arange(1, len(labels)) / len(labels)))
    named = np.array(labels)[bands]
    model = make(**FEW).fit(rows, named)
    assert list(model.classes_) == list(labels)
    assert model.score(rows, named) > 0.85
    probabilities = model.predict_proba(rows)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)
    scores = model.decision_function(rows)
    assert scores.shape == ((400,) if len(labels) == 2 else (400, 3))
    chosen = (scores > 0).astype(int) if len(labels) == 2 else scores.argmax(axis=1)
    np.testing.assert_array_equal(np.array(labels)[chosen], model.predict(rows))


@pytest.mark.parametrize("make", CLASSES)
def test_rare_classes_can_be_weighed(make):
    rows, target = build_table()
    named = np.where(target > np.quantile(target, 0.93), "rare", "usual")
    found = [
        (make(**FEW | {"epochs": 8}, class_weight=weight).fit(rows, named).predict(rows) == "rare").mean()
        for weight in (None, "balanced")
    ]
    assert found[1] > found[0]


def test_one_class_is_refused():
    with pytest.raises(ValueError, match="expected two classes or more in y, found 1"):
        SklearnClassNetwork(**FEW).fit(np.zeros((10, 1)), np.full(10, "a"))


@pytest.mark.heavy
def test_dropout_and_losses_change_what_is_learned():
    rows, target = build_table()
    few = FEW | {"epochs": 3}
    answers = [
        KerasNumberNetwork(**few, **more).fit(rows, target).predict(rows[:5])
        for more in ({}, {"dropout": 0.3}, {"loss": "absolute_error"}, {"alpha": 0.1})
    ]
    for number, found in enumerate(answers[1:]):
        assert np.abs(found - answers[0]).max() > 0, number


@pytest.mark.heavy
def test_what_keras_has_trained_predicts_without_it(tmp_path):
    rows, target = build_table()
    model = KerasNumberNetwork(**FEW | {"epochs": 2}).fit(rows, target)
    path = tmp_path / "model.pickle"
    path.write_bytes(pickle.dumps([model, rows[:3]]))
    code = (
        "import pickle, sys; sys.modules['keras'] = sys.modules['jax'] = None\n"
        "model, rows = pickle.load(open(sys.argv[1], 'rb')); print(*model.predict(rows).tolist())"
    )
    told = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert [float(word) for word in told.stdout.split()] == model.predict(rows[:3]).tolist()


@pytest.mark.parametrize("sizes", [[10] * 40, [350, 10, 10, 10, 10, 10], [200, 200], [399, 1]])
def test_whole_groups_are_kept_aside(sizes):
    rows, target = build_table()
    groups = np.repeat(np.arange(len(sizes)), sizes)
    rows[:, 2] = groups
    network = SklearnNumberNetwork(**FEW)
    with row_groups(groups):
        training, validation = network._split(network._prepare(rows, target))
    assert validation is not None
    assert len(training.inputs) + len(validation.inputs) == 400
    assert not set(training.inputs[:, 2]) & set(validation.inputs[:, 2])
    if len(sizes) > 2:  # with early stopping on a tenth
        assert len(validation.inputs) == 40


def test_rows_of_a_single_group_are_divided_as_if_there_were_none():
    rows, target = build_table()
    network = SklearnNumberNetwork(**FEW)
    with row_groups(np.zeros(400)):
        one = network._split(network._prepare(rows, target))[1]
    two = network._split(network._prepare(rows, target))[1]
    assert one is not None
    assert two is not None
    np.testing.assert_array_equal(one.inputs, two.inputs)
