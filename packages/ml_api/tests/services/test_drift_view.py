from __future__ import annotations

from dataclasses import asdict

import pytest

from ml_api.services.drift_view import PSI_SCALE, build_drift_view
from ml_api.services.insights.results import Bin, Drift, DriftReport


def _drift(name: str, psi: float | None = 0.01, level: str = "stable", **parts) -> Drift:
    bins = (Bin("a", 0.5, 0.25), Bin("b", 0.5, 0.75)) if psi is not None else ()
    return Drift(name, level, psi, None if psi is None else 0.05, 1200, **{"bins": bins, **parts})


def _view(*features: Drift, prediction: Drift | None = None):
    prediction = prediction or _drift("prediction")
    report = DriftReport(1200, 100, 0.1, 0.25, prediction, features)
    return build_drift_view(asdict(report))


def test_what_has_moved_most_comes_first():
    view = _view(_drift("a", 0.05), _drift("b", 0.4, "major"), _drift("c", 0.2, "moderate"), _drift("d", 0.3))
    assert [(line.name, line.level_text, line.psi) for line in view.features] == [
        ("b", "major shift", "0.400"),
        ("d", "stable", "0.300"),  # no more than chance makes
        ("c", "moderate shift", "0.200"),
        ("a", "stable", "0.050"),
    ]
    assert view.n_shifted == 2
    assert view.n_rows == "1,200"


@pytest.mark.parametrize(("psi", "width"), [(0.0, 0), (0.1, 20), (0.25, 50), (PSI_SCALE, 100), (7.0, 100)])
def test_bars_of_the_index_end_at_the_end_of_the_scale(psi, width):
    view = _view(_drift("a", psi))
    assert view.features[0].width == width
    assert view.marks == (20, 50)


def test_both_distributions_are_beside_each_other():
    [line] = _view(_drift("a", unseen=0.015)).features
    assert [(item.label, item.expected, item.actual) for item in line.bins] == [
        ("a", "50.0%", "25.0%"),
        ("b", "50.0%", "75.0%"),
    ]
    assert [(item.expected_width, item.actual_width) for item in line.bins] == [(66.67, 33.33), (66.67, 100)]
    assert line.remarks == (
        "1,200 rows",
        "1.5% with a category that was not in the training data",
        "chance alone exceeds 0.050 once in a hundred times",
    )


def test_of_many_bins_the_largest_are_shown_in_their_order_and_the_rest_together():
    bins = tuple(Bin(str(index), 0.002 * index, 0.0) for index in range(30))
    [line] = _view(_drift("a", bins=bins)).features
    assert [item.label for item in line.bins] == [*map(str, range(19, 30)), "19 more"]
    assert line.bins[-1].expected == f"{sum(0.002 * index for index in range(19)):.1%}"


def test_distributions_far_down_the_list_are_left_out():
    lines = _view(*(_drift(f"f{index}", 1 - index / 100) for index in range(50))).features
    assert len(lines) == 50
    assert [line.name for line in lines if line.bins] == [f"f{index}" for index in range(40)]


def test_features_without_an_index_are_named_with_the_reason():
    features = [_drift(level, None, level) for level in ("no_baseline", "redacted", "too_few_rows")]
    view = _view(*features, _drift("a"), prediction=_drift("prediction", None, "too_few_rows"))
    assert [names for _, names in view.without] == [("too_few_rows",), ("redacted",), ("no_baseline",)]
    assert [line.name for line in view.features] == ["a"]
    assert view.prediction is None
