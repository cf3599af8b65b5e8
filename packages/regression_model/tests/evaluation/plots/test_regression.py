from __future__ import annotations

import numpy as np
import pytest

from regression_model.evaluation.plots import (
    plot_predicted_against_actual,
    plot_residual_distribution,
    plot_residuals,
)

PLOTS = [plot_predicted_against_actual, plot_residuals, plot_residual_distribution]


def draw(n_rows):
    rng = np.random.default_rng(0)
    actual = rng.lognormal(12, 0.5, n_rows)
    return actual, actual * rng.lognormal(0, 0.1, n_rows)


@pytest.mark.parametrize("plot", PLOTS)
@pytest.mark.parametrize("n_rows", [1, 5, 300])
def test_any_number_of_rows_can_be_drawn(plot, n_rows):
    drawn = plot(*draw(n_rows), "EUR")
    assert drawn.svg.startswith("<svg")
    assert drawn.title
    assert drawn.caption
    assert drawn.description


@pytest.mark.parametrize("plot", PLOTS)
def test_perfect_and_constant_predictions_can_be_drawn(plot):
    assert plot(np.ones(20), np.ones(20)).svg.startswith("<svg")


def test_descriptions_hold_the_numbers_that_matter():
    actual, predicted = np.array([100.0, 200.0, 300.0, 400.0]), np.array([105.0, 150.0, 310.0, 500.0])
    assert "50% of the rows are predicted to within 10%" in plot_predicted_against_actual(actual, predicted).caption
    assert "75% of the predictions are too high" in plot_residual_distribution(actual, predicted).description
    assert "median error is 7.5" in plot_residuals(actual, predicted).description


def test_many_points_keep_the_plot_small():
    assert len(plot_predicted_against_actual(*draw(50_000)).svg) < 300_000
    assert "(5,000 of 50,000)" in plot_predicted_against_actual(*draw(50_000)).caption
