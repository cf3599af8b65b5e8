from __future__ import annotations

import pytest

from regression_model.evaluation.importance import FeatureImportance, Importances
from regression_model.evaluation.learning_curve import LearningCurve, LearningCurvePoint
from regression_model.evaluation.plots import plot_importances, plot_learning_curve, plot_segments
from regression_model.evaluation.segments import Segment, SegmentErrors


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        ("regression", "0.5 EUR; of all rows it is 0.25 EUR"),
        ("classification", "50.0%; of all rows it is 25.0%"),
    ],
)
def test_segments_name_the_worst(task, expected):
    errors = SegmentErrors(
        0.25, (Segment("zone", "$a$", 30, 0.5, 0.1, None), Segment("zone", "b", 40, 0.1, 0.02, None)), 9
    )
    drawn = plot_segments(task, errors, "EUR")
    assert "zone: $a$" in drawn.description
    assert expected in drawn.description


def test_importances_name_the_first_three_and_draw_fifteen():
    features = tuple(FeatureImportance(f"x{i}", 20.0 - i, 0.5) for i in range(20))
    drawn = plot_importances("regression", Importances("rmse", 100.0, features, 500, 5), "EUR")
    assert "x0 (20.000), x1 (19.000), x2 (18.000)." in drawn.description
    assert "RMSE (100 EUR on these rows)" in drawn.caption


def test_learning_curves_may_have_gaps():
    points = (
        LearningCurvePoint(20, None, 0.6),
        LearningCurvePoint(40, 0.9, None),
        LearningCurvePoint(80, 0.95, 0.8),
    )
    drawn = plot_learning_curve(LearningCurve("classification", "roc_auc", points))
    assert "0.600 with 20 training rows and 0.800 with 80" in drawn.description
