from __future__ import annotations

import pytest

from regression_model.evaluation.metrics import get_metric, get_metrics
from regression_model.evaluation.metrics.names import _CLASSIFICATION, _REGRESSION

AZURE = {
    "regression": [
        "normalized_root_mean_squared_error", "normalized_mean_absolute_error", "normalized_median_absolute_error",
        "normalized_root_mean_squared_log_error", "r2_score", "spearman_correlation", "explained_variance",
        "mean_absolute_error", "mean_absolute_percentage_error", "median_absolute_error", "root_mean_squared_error",
        "root_mean_squared_log_error",
    ],
    "classification": [
        "AUC_weighted", "AUC_macro", "accuracy", "average_precision_score_weighted", "average_precision_score_macro",
        "balanced_accuracy", "f1_score_weighted", "f1_score_macro", "f1_score_micro", "log_loss", "norm_macro_recall",
        "matthews_correlation", "precision_score_weighted", "precision_score_macro", "precision_score_micro",
        "recall_score_weighted", "recall_score_macro", "recall_score_micro", "weighted_accuracy",
    ],
}  # fmt: skip
ERRORS = ("error", "log_loss")


@pytest.mark.parametrize(("task", "name"), [(task, name) for task, names in AZURE.items() for name in names])
def test_azures_names_are_known_with_their_direction(task, name):
    assert get_metric(task, name).direction == ("minimize" if name.endswith(ERRORS) else "maximize")


@pytest.mark.parametrize(("task", "names"), [("regression", _REGRESSION), ("classification", _CLASSIFICATION)])
def test_every_other_name_leads_to_a_metric(task, names):
    for other, own in names.items():
        assert get_metric(task, other).name == own
        assert other not in get_metrics(task)


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("neg_root_mean_squared_error", "rmse"),
        ("neg_mean_squared_error", "mean_squared_error"),
        ("neg_median_absolute_error", "median_absolute_error"),
        ("neg_max_error", "max_error"),
        ("R2", "r2"),
    ],
)
def test_scorers_that_are_errors_turned_around_are_the_errors(name, own):
    metric = get_metric("regression", name)

    assert metric.name == own
    assert metric.direction == ("maximize" if own == "r2" else "minimize")


def test_evaluations_list_what_they_always_listed():
    assert list(get_metrics("regression")) == [
        *("r2", "rmse", "mae", "median_absolute_error", "mape", "rmsle", "spearman", "normalised_rmse")
    ]
    assert "AUC_weighted" not in get_metrics("classification")
