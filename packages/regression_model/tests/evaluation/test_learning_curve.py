from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from regression_model.evaluation.learning_curve import compute_learning_curve
from regression_model.evaluation.scoring import LabelledRows, build_scorer


def numbered(n_rows, target):
    return LabelledRows(pd.DataFrame({"row": np.arange(n_rows, dtype=float)}), target)


def record(seen, predict):
    def fit(frame, target):
        seen.append((set(frame["row"]), list(target)))
        return predict

    return fit


def test_each_part_holds_the_one_before_it_and_the_last_is_everything():
    seen = []
    rows = numbered(200, np.arange(200, dtype=float))
    curve = compute_learning_curve(
        build_scorer("regression"),
        record(seen, lambda frame: frame["row"] + 2),
        rows,
        rows,
        fractions=(1.0, 0.25, 0.5),
    )
    assert [point.n_rows for point in curve.points] == [50, 100, 200]
    assert seen[0][0] < seen[1][0] < seen[2][0] == set(range(200))
    assert [(point.train, point.holdout) for point in curve.points] == [(pytest.approx(2.0), pytest.approx(2.0))] * 3
    assert curve.metric == "rmse"


def test_more_rows_lower_the_holdout_error_of_a_mean():
    rng = np.random.default_rng(0)
    train, holdout = numbered(400, rng.normal(5, 1, 400)), numbered(100, rng.normal(5, 1, 100))

    def fit(frame, target):
        mean = target.mean() + 3 / np.sqrt(len(target))  # a bias that vanishes
        return lambda rows: np.full(len(rows), mean)

    points = compute_learning_curve(build_scorer("regression"), fit, train, holdout).points
    assert len(points) == 5
    assert points[-1].holdout < points[0].holdout


def test_parts_of_a_classification_keep_the_proportions_and_the_rarest_class():
    seen = []
    target = np.array(["common"] * 150 + ["rare"] * 49 + ["rarest"], dtype=object)
    classes = ("common", "rare", "rarest")
    rows = numbered(200, target)
    answer = np.full((200, 3), 1 / 3)
    compute_learning_curve(
        build_scorer("classification", classes),
        record(seen, lambda frame: answer[: len(frame)]),
        rows,
        rows,
        fractions=(0.1, 0.4, 1.0),
    )
    for _, labels in seen:
        assert labels.count("rarest") == 1
        assert labels.count("common") / len(labels) == pytest.approx(0.75, abs=0.06)  # a row or so in twenty


def test_too_small_parts_are_left_out():
    rows = numbered(50, np.arange(50, dtype=float))
    curve = compute_learning_curve(
        build_scorer("regression"),
        record([], lambda frame: frame["row"]),
        rows,
        rows,
        fractions=(0.1, 0.5, 1.0),
    )
    assert [point.n_rows for point in curve.points] == [25, 50]


@pytest.mark.parametrize("fraction", [0.0, 1.5])
def test_fractions_out_of_range_are_refused(fraction):
    rows = numbered(50, np.arange(50, dtype=float))
    with pytest.raises(ValueError, match="fractions of the training rows"):
        compute_learning_curve(build_scorer("regression"), record([], None), rows, rows, fractions=(fraction,))
