from __future__ import annotations

import numpy as np
import pytest

from regression_model.evaluation.scoring import Scorer
from regression_model.search.ensembling.losses import MAX_ROWS_OF_SLOW_METRICS, LossMaker

REGRESSIONS = [
    "rmse",
    "r2",
    "mae",
    "rmsle",
    "normalised_rmse",
    "mean_squared_error",
    "spearman",
    "median_absolute_error",
]
CLASSIFICATIONS = ["log_loss", "roc_auc", "AUC_weighted", "accuracy", "f1", "average_precision"]


def is_ordered_alike(scorer, losses, scores):
    sign = 1 if scorer.definition.direction == "minimize" else -1
    return np.argsort(losses).tolist() == np.argsort(sign * np.array(scores)).tolist()


@pytest.mark.parametrize("name", REGRESSIONS)
@pytest.mark.parametrize("transform", ["none", "log"])
def test_losses_order_regressions_as_their_metric_does(name, transform):
    rng = np.random.default_rng(0)
    target = np.exp(rng.normal(1, 1, 300))
    answers = [target * np.exp(rng.normal(0, size, 300)) for size in (0.5, 0.1, 0.9, 0.3)]
    scorer = Scorer("regression", name)
    maker = LossMaker(scorer, target, transform)

    losses = [maker.build(np.arange(300))(maker.turn(answer)) for answer in answers]

    assert is_ordered_alike(scorer, losses, [scorer.find_score(target, answer) for answer in answers])


@pytest.mark.parametrize("name", CLASSIFICATIONS)
def test_losses_order_classifications_as_their_metric_does(name):
    rng = np.random.default_rng(1)
    target = rng.choice(["no", "yes"], 300).astype(object)
    answers = []
    for size in (0.5, 0.1, 0.9, 0.3):
        share = np.clip((target == "yes") * 0.6 + 0.2 + rng.normal(0, size, 300), 0.01, 0.99)
        answers.append(np.column_stack([1 - share, share]))
    scorer = Scorer("classification", name, ("no", "yes"))
    rows = np.arange(300)

    losses = [LossMaker(scorer, target, "none").build(rows)(answer) for answer in answers]

    assert is_ordered_alike(scorer, losses, [scorer.find_score(target, answer) for answer in answers])


def test_the_area_by_hand():
    scorer = Scorer("classification", "roc_auc", (0, 1))
    shares = np.array([0.1, 0.4, 0.35, 0.8])

    loss = LossMaker(scorer, np.array([0, 0, 1, 1]), "none").build(np.arange(4))(np.column_stack([1 - shares, shares]))

    assert loss == pytest.approx(1 - 0.75)


def test_metrics_that_sort_look_at_fewer_rows():
    many = np.arange(10_000)

    assert len(LossMaker(Scorer("regression", "spearman"), many, "none").choose_rows(many)) == MAX_ROWS_OF_SLOW_METRICS
    assert LossMaker(Scorer("regression", "rmse"), many, "none").choose_rows(many) is many
