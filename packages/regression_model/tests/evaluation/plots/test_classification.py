from __future__ import annotations

import numpy as np
import pytest

from regression_model.evaluation.plots import (
    plot_calibration,
    plot_confusion_matrix,
    plot_precision_recall,
    plot_roc,
)

CURVES = [plot_roc, plot_precision_recall, plot_calibration]


def draw(n_classes, n_rows=200):
    rng = np.random.default_rng(0)
    classes = [f"class {code}" for code in range(n_classes)]
    shares = rng.dirichlet(np.ones(n_classes), n_rows)
    return np.array(classes, dtype=object)[[rng.choice(n_classes, p=row) for row in shares]], shares, classes


@pytest.mark.parametrize("plot", CURVES)
@pytest.mark.parametrize("n_classes", [2, 3, 9])
def test_any_number_of_classes_can_be_drawn(plot, n_classes):
    drawn = plot(*draw(n_classes))
    assert drawn.svg.startswith("<svg")
    assert drawn.description


@pytest.mark.parametrize("plot", CURVES)
@pytest.mark.parametrize("only", ["no", "yes"])
def test_a_single_class_can_be_drawn(plot, only):
    shares = np.array([[0.6, 0.4], [0.7, 0.3], [0.2, 0.8]])
    assert plot(np.array([only] * 3, dtype=object), shares, ["no", "yes"]).svg.startswith("<svg")


def test_descriptions_hold_the_areas():
    actual, shares = (
        np.array(["no", "no", "yes", "yes"], dtype=object),
        np.array([[0.9, 0.1], [0.6, 0.4], [0.7, 0.3], [0.1, 0.9]]),
    )
    assert "yes: 0.750" in plot_roc(actual, shares, ["no", "yes"]).description  # 3 of 4 pairs in the right order
    assert "yes: 0.833" in plot_precision_recall(actual, shares, ["no", "yes"]).description  # (1 + 2/3) / 2


def test_calibration_of_true_probabilities_is_close_to_the_diagonal():
    rng = np.random.default_rng(0)
    positive = rng.random(20_000)
    actual = np.where(rng.random(20_000) < positive, 1, 0)
    caption = plot_calibration(actual, np.column_stack([1 - positive, positive]), [0, 1]).caption
    assert float(caption.split("diagonal is ")[1].split()[0]) < 2.0  # ten groups of 2,000: about 0.9 points


@pytest.mark.parametrize("n_classes", [2, 5, 8, 20])
def test_confusion_matrices_of_any_size_can_be_drawn(n_classes):
    counts = np.arange(n_classes**2).reshape(n_classes, n_classes).tolist()
    drawn = plot_confusion_matrix(counts, [f"c{code}" for code in range(n_classes)])
    assert f"c{n_classes - 1}" in drawn.description


def test_confusion_matrix_tells_the_share_found_of_each_class():
    assert "no 90%, yes 25%" in plot_confusion_matrix([[9, 1], [3, 1]], ["no", "yes"]).description
    assert "yes 0%" in plot_confusion_matrix([[9, 1], [0, 0]], ["no", "yes"]).description
