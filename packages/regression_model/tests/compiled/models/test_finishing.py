from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from regression_model.compiled.models import Finish, link_finish
from regression_model.errors import ArtifactIntegrityError

TWO, THREE = ("no", "yes"), ("a", "b", "c")


def describe(link: object, target: object = "identity", classes: object = None) -> SimpleNamespace:
    return SimpleNamespace(content={"model": {"link": link}, "target": target, "classes": classes}, arrays={}, texts={})


@pytest.mark.parametrize(
    ("link", "target", "raw", "expected"),
    [
        ("identity", "identity", 3.5, 3.5),
        ("exp", "identity", 0.0, 1.0),
        ("identity", "exp", 2.0, np.exp(2.0)),
        ("exp", "exp", 1.0, np.exp(np.e)),
        ("identity", "exp", 709.78, np.exp(709.78)),
        ("identity", "exp", 709.782712893384, np.exp(709.782712893384)),
        ("identity", "exp", 709.7827128933841, np.inf),
        ("identity", "exp", 1e308, np.inf),
        ("identity", "exp", np.inf, np.inf),
        ("identity", "exp", -np.inf, 0.0),
        ("identity", "exp", -1e308, 0.0),
        ("identity", "exp", np.nan, np.nan),
        ("identity", "identity", np.nan, np.nan),
    ],
)
def test_numbers(link, target, raw, expected):
    finish = Finish(link, target)
    prediction, probabilities = finish.finish_row([raw])
    assert prediction == pytest.approx(expected, rel=1e-15, nan_ok=True)
    assert probabilities is None
    predictions, probabilities = finish.finish_columns(np.array([[raw], [0.0]]))
    assert predictions[0] == pytest.approx(expected, rel=1e-15, nan_ok=True)
    assert probabilities is None


@pytest.mark.parametrize(
    ("link", "classes", "raw", "expected", "label"),
    [
        ("sigmoid", TWO, [0.0], [0.5, 0.5], "no"),
        ("sigmoid", TWO, [np.log(3.0)], [0.25, 0.75], "yes"),
        ("sigmoid", TWO, [1e308], [0.0, 1.0], "yes"),
        ("sigmoid", TWO, [-1e308], [1.0, 0.0], "no"),
        ("sigmoid", TWO, [np.inf], [0.0, 1.0], "yes"),
        ("sigmoid", TWO, [-np.inf], [1.0, 0.0], "no"),
        ("complement", TWO, [0.7], [0.3, 0.7], "yes"),
        ("softmax", THREE, [1.0, 1.0, 1.0], [1 / 3, 1 / 3, 1 / 3], "a"),
        ("softmax", THREE, [0.0, np.log(2.0), 0.0], [0.25, 0.5, 0.25], "b"),
        ("softmax", THREE, [1e308, -1e308, 0.0], [1.0, 0.0, 0.0], "a"),
        ("probabilities", THREE, [0.2, 0.4, 0.4], [0.2, 0.4, 0.4], "b"),
        ("probabilities", TWO, [0.5, 0.5], [0.5, 0.5], "no"),
    ],
)
def test_classes(link, classes, raw, expected, label):
    finish = Finish(link, "identity", classes)
    prediction, probabilities = finish.finish_row(raw)
    assert prediction == label
    assert probabilities == pytest.approx(expected, rel=1e-15)
    predictions, probabilities = finish.finish_columns(np.array([raw, raw]))
    assert predictions.tolist() == [label, label]
    np.testing.assert_allclose(probabilities, [expected, expected], rtol=1e-15)


@pytest.mark.parametrize(("link", "n_outputs"), [("sigmoid", 1), ("softmax", 3), ("probabilities", 3)])
@pytest.mark.parametrize("raw", [np.nan, np.inf])
def test_outputs_that_say_nothing_are_no_error(link, n_outputs, raw):
    finish = Finish(link, "identity", TWO if n_outputs == 1 else THREE)
    by_row = finish.finish_row([raw] * n_outputs)[1]
    by_columns = finish.finish_columns(np.full((1, n_outputs), raw))[1]
    np.testing.assert_array_equal([by_row], by_columns)


@pytest.mark.parametrize(
    ("link", "target", "classes", "n_outputs"),
    [
        ("identity", "identity", None, 1),
        ("exp", "exp", None, 1),
        ("sigmoid", "identity", ["a", "b"], 1),
        ("complement", "identity", ["a", "b"], 1),
        ("probabilities", "identity", ["a", "b"], 2),
        ("softmax", "identity", ["a", "b", "c"], 3),
    ],
)
def test_what_goes_together(link, target, classes, n_outputs):
    assert link_finish(describe(link, target, classes), n_outputs).classes == (classes and tuple(classes))


@pytest.mark.parametrize(
    ("link", "target", "classes", "n_outputs"),
    [
        ("logit", "identity", None, 1),
        (None, "identity", None, 1),
        ("identity", "sqrt", None, 1),
        ("identity", ["exp"], None, 1),
        ("identity", "identity", None, 2),
        ("sigmoid", "identity", None, 1),
        ("identity", "identity", ["a", "b"], 1),
        ("sigmoid", "exp", ["a", "b"], 1),
        ("sigmoid", "identity", ["a", "b", "c"], 1),
        ("sigmoid", "identity", ["a", "a"], 1),
        ("softmax", "identity", ["a", "b", "c"], 2),
        ("softmax", "identity", ["a"], 1),
        ("softmax", "identity", [], 0),
        ("sigmoid", "identity", ["a", 1], 1),
        ("sigmoid", "identity", "ab", 1),
    ],
)
def test_what_does_not_go_together_is_refused(link, target, classes, n_outputs):
    with pytest.raises(ArtifactIntegrityError, match="the compiled model can't be used"):
        link_finish(describe(link, target, classes), n_outputs)
