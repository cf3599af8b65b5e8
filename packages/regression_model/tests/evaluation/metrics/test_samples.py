from __future__ import annotations

import numpy as np
import pytest

from regression_model.errors import DataError
from regression_model.evaluation.metrics import build_classification_sample, build_regression_sample


@pytest.mark.parametrize(
    ("actual", "predicted", "message"),
    [
        ([1.0, 2.0], [1.0], "expected 2 predictions, one per actual value, found 1"),
        ([], [], "no row"),
        ([1.0, np.nan], [1.0, 2.0], "1 of the actual values are missing or infinite, the first in row 1"),
        ([1.0, 2.0], [np.inf, 2.0], "predictions are missing or infinite, the first in row 0"),
        ([[1.0]], [[1.0]], "one dimension"),
        (["a"], [1.0], "must be numbers"),
    ],
)
def test_numbers_that_cannot_be_evaluated_are_refused(actual, predicted, message):
    with pytest.raises(DataError, match=message):
        build_regression_sample(actual, predicted)


@pytest.mark.parametrize(
    ("predicted", "probabilities", "classes", "message"),
    [
        (["a"], None, None, "expected 2 predictions"),
        (["a", "c"], None, ["a", "b"], r"predictions hold 'c' in row 1; .* \['a', 'b'\]"),
        (["a", "b"], [[0.5, 0.5], [0.5, 0.5]], None, "without classes"),
        (["a", "b"], [[0.5, 0.5]], ["a", "b"], r"shape \(2, 2\), found \(1, 2\)"),
        (["a", "b"], [[0.5, 0.5], [0.5, 0.6]], ["a", "b"], "row 1 are not in"),
        (["a", "b"], [[1.5, -0.5], [0.5, 0.5]], ["a", "b"], "row 0 are not in"),
        (["a", "b"], [[0.5, 0.5], [np.nan, 0.5]], ["a", "b"], "row 1 are not in"),
    ],
)
def test_labels_that_cannot_be_evaluated_are_refused(predicted, probabilities, classes, message):
    with pytest.raises(DataError, match=message):
        build_classification_sample(["a", "b"], predicted, probabilities, classes)


@pytest.mark.parametrize("labels", [[0, 1, 2], ["a", "b", "c"], [False, True]])
def test_labels_of_any_type_become_positions_and_plain_classes(labels):
    sample = build_classification_sample(np.array(labels), np.array(labels))
    assert sample.classes == tuple(labels)
    assert [type(label) for label in sample.classes] == [type(label) for label in labels]
    assert sample.actual.tolist() == list(range(len(labels)))


def test_probabilities_in_single_precision_are_accepted():
    shares = np.array([[0.1, 0.2, 0.7], [1 / 3, 1 / 3, 1 / 3]], dtype=np.float32)
    sample = build_classification_sample([2, 0], [2, 0], shares, [0, 1, 2])
    assert sample.row_log_loss == pytest.approx(-np.log([0.7, 1 / 3]), rel=1e-6)  # 24 bits of precision


def test_confusion_matrix_has_actual_classes_by_row():
    sample = build_classification_sample(["a", "a", "b"], ["a", "b", "b"], classes=["a", "b"])
    assert sample.confusion.tolist() == [[1, 1], [0, 1]]
