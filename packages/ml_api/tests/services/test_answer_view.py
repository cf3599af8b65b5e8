from __future__ import annotations

import math

import pytest

from ml_api.services.answer_view import build_answer_view, describe_target
from regression_model import load_pipeline


def _explained(scale, base, contributions, **more):
    explanation = {"base": base, "scale": scale, **more, "contributions": contributions}
    return {"predictions": [208500.17], "errors": {}, "explanations": [explanation]}


def test_a_number_is_shown_for_reading_and_exactly():
    view = build_answer_view({"predictions": [208500.17]}, {}, "USD")
    assert (view.text, view.exact) == ("208,500", "208500.17")
    assert (view.classes, view.chart) == ((), None)


def test_classes_are_ranked_and_the_predicted_one_is_marked():
    labels = [f"class {index}" for index in range(13)]
    probabilities = [index / sum(range(13)) for index in range(13)]
    answer = {"predictions": ["class 12"], "classes": labels, "probabilities": [probabilities]}
    view = build_answer_view(answer, {}, "")
    assert (view.text, view.exact, view.n_other_classes) == ("class 12", None, 3)
    assert [bar.label for bar in view.classes] == labels[:2:-1]
    assert [bar.label for bar in view.classes if bar.is_predicted] == ["class 12"]
    assert view.classes[0].text == "15.4%"


@pytest.mark.parametrize(
    ("scale", "more", "summary", "effect"),
    [
        ("identity", {}, "The model starts at 12 USD;", "+2"),
        ("log", {}, "The model starts at 162,755 USD;", "+638.9%"),
        ("probability", {"class": "yes"}, "The probability of “yes” starts at", "+200.0"),
        ("log_odds", {"class": "yes"}, "The log-odds of “yes” start at +12, a probability of >99.9%;", "+2"),
        ("margin", {"class": "yes"}, "The score of “yes” starts at +12;", "+2"),
    ],
)
def test_each_scale_is_put_in_words(scale, more, summary, effect):
    view = build_answer_view(_explained(scale, 12.0, {"a": 2.0, "b": -1.0}, **more), {"a": 5, "b": None}, "USD")
    assert view.chart.summary.startswith(summary)
    assert view.chart.bars[0].text == effect
    assert [(bar.name, bar.value, bar.raises) for bar in view.chart.bars] == [("a", "5", True), ("b", "unknown", False)]


def test_bars_begin_at_zero_and_stay_within_the_chart():
    [up, down] = build_answer_view(_explained("identity", 0.0, {"a": -1.0, "b": 3.0}), {}, "").chart.bars
    chart = build_answer_view(_explained("identity", 0.0, {"a": -1.0, "b": 3.0}), {}, "").chart
    assert (chart.zero, up.start, up.width) == (25.0, 25.0, 75.0)
    assert (down.start, down.width) == (0.0, 25.0)


def test_small_effects_are_added_up_so_that_none_is_lost():
    effects = {f"x{index}": (index + 1) / 10 for index in range(30)}
    bars = build_answer_view(_explained("identity", 0.0, effects), {}, "").chart.bars
    assert [bar.name for bar in bars[:2]] == ["x29", "x28"]
    assert bars[10].name == "20 other fields"
    # Rounded to four digits for reading.
    assert float(bars[10].text) == pytest.approx(math.fsum(sorted(effects.values())[:20]), rel=1e-3)
    assert all(0 <= bar.start <= 100 and bar.start + bar.width <= 100.01 for bar in bars)


def test_a_row_that_nothing_moves_has_no_bars():
    chart = build_answer_view(_explained("log", 12.0, {"a": 0.0}), {}, "USD").chart
    assert chart.bars == ()
    assert "No field" in chart.summary


def test_a_factor_too_large_to_write_is_none_the_less_written():
    [bar] = build_answer_view(_explained("log", 1.0, {"a": 5000.0}), {}, "").chart.bars
    assert bar.text.startswith("\N{MULTIPLICATION SIGN}")


def test_a_row_without_explanation_has_no_chart():
    assert build_answer_view({"predictions": [1.0], "explanations": [None]}, {}, "").chart is None


def test_the_target_is_described_by_the_manifest(artifact, classifier_folder):
    assert describe_target(artifact).name == "SalePrice"
    assert describe_target(load_pipeline(classifier_folder)).name == "CentralAir"
