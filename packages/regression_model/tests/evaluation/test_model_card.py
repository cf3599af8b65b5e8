from __future__ import annotations

import json
import re

import pytest

from regression_model.evaluation import build_model_card, evaluate_predictions
from regression_model.train_pipeline.scoring import summarise_folds

SECTIONS = [
    "Intended use", "Model details", "Metrics", "Data", "Features", "Preprocessing", "Model parameters",
    "Caveats and recommendations", "How to reproduce",
]  # fmt: skip


@pytest.fixture
def complete(manifest):
    """With two folds, in one of which a metric is not defined."""
    first = evaluate_predictions("regression", [1000.0, 2000.0, 4000.0], [1100.0, 2000.0, 3900.0], n_bootstrap=50)
    second = evaluate_predictions("regression", [0.0, 2000.0, 4000.0], [300.0, 2000.0, 3900.0], n_bootstrap=0)
    metrics = {"holdout": first.to_json(), "cross_validation": summarise_folds([first, second])}
    return json.loads(json.dumps({**manifest, "metrics": metrics}))


def headings(card):
    return re.findall(r"^## (.*)$", card, flags=re.MULTILINE)


def test_has_all_sections_in_order(complete):
    card = build_model_card(complete)
    assert card.startswith("# Model card: house_prices 0.1.0\n")
    assert headings(card) == SECTIONS
    assert card.endswith("\n")
    assert not card.endswith("\n\n")


def test_tells_the_facts(complete):
    card = build_model_card(complete)
    assert r"predicts **price\|eur**, a number," in card
    assert r"Prices of \*houses\*" in card
    assert f"SHA-256: {complete['data']['sha256']}" in card
    assert "| Left out: target is missing | 3 |" in card
    assert f"| Trained on | {complete['rows']['train']} |" in card
    assert "| RMSE | 81.65 EUR |" in card  # sqrt((100^2 + 0 + 100^2) / 3)
    assert "c0ffee, with uncommitted changes" in card
    assert "1. **impute_category** columns: Alley" in card
    assert f"- Python: {complete['platform']['python']}\n- System: " in card
    assert "| alpha | 0.001 |" in card
    assert "4 rows were left out" in card
    for feature in complete["schema"]["features"][2:]:
        assert f"| {feature['name']} | {feature['dtype']} | may be missing | " in card


def test_folds_are_told_in_the_order_of_the_metrics(complete):
    card = build_model_card(complete)
    assert "2 folds over all rows" in card
    folds = card.split("### Cross-validation")[1].split("## Data")[0]
    assert "| RMSE | 132.1 EUR | 71.36 EUR |" in folds  # sqrt(2e4 / 3), sqrt(1e5 / 3)
    assert "| MAPE | n/a | n/a |" in folds  # of an actual value of 0
    assert folds.index("| R² |") < folds.index("| RMSE |") < folds.index("| MAPE |")


def test_every_table_row_has_as_many_cells_as_its_header(complete):
    widths = []
    for line in build_model_card(complete).splitlines():
        width = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        if width and widths and widths[-1]:
            assert width == widths[-1], line
        widths.append(width)
    assert sum(1 for width in widths if width) > 20


def test_names_that_are_html_stay_text(complete):
    assert "<script" not in build_model_card(complete)
    assert "&lt;script&gt;" in build_model_card(complete)


def test_synthetic_data_are_announced_in_bold(complete, trained):
    notice = "**Trained on made-up sample data.**"
    assert notice not in build_model_card(complete)
    card = build_model_card(trained.manifest.content)
    assert card.index(notice) < card.index("## Intended use")


def test_says_how_to_train_it_again(complete, trained):
    digest, data = complete["config_sha256"], complete["data"]["sha256"]
    real = build_model_card(complete).split("## How to reproduce")[1]
    assert "1. Check out commit `c0ffee`." in real
    assert f"3. Get the table whose SHA-256 is `{data}`." in real
    assert "Run `regression-model train --config CONFIG.yml --data TABLE` with" in real
    assert f"`config_sha256`, `{digest}`" in real
    sample = build_model_card(trained.manifest.content).split("## How to reproduce")[1]
    assert "Run `regression-model train --config CONFIG.yml --sample` with" in sample


def test_code_may_be_in_no_repository_and_folds_may_be_none(complete):
    complete["git"] = complete["metrics"]["cross_validation"] = None
    card = build_model_card(complete)
    assert headings(card) == SECTIONS
    assert "ommit" not in card.split("## How to reproduce")[1].split("\n\n")[1]
    assert "Cross-validation" not in card


def test_a_classification_shows_its_confusion_matrix_and_what_is_undefined(manifest):
    labels = ["no", "no", "yes|x"]
    evaluation = evaluate_predictions("classification", labels, labels, n_bootstrap=0)
    metrics = {"holdout": evaluation.to_json(), "cross_validation": None}
    card = build_model_card({**manifest, "task": "classification", "metrics": metrics})
    assert "a class, with a probability for each" in card
    assert r"| yes\|x | 0 | 1 |" in card
    assert "| ROC AUC | n/a | n/a | higher | Not defined: the model gives no probabilities. |" in card


def test_metrics_of_another_version_are_shown_by_name(complete):
    complete["metrics"]["holdout"]["metrics"]["new_metric"] = {"value": 0.5, "low": None, "high": None}
    assert "| new_metric | 0.500 | n/a |" in build_model_card(complete)
