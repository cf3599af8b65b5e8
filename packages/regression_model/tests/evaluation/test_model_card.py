from __future__ import annotations

import json
import re

import pytest

from regression_model.evaluation import build_model_card, evaluate_predictions

SECTIONS = [
    "Intended use", "Model details", "Metrics", "Data", "Features", "Preprocessing", "Model parameters",
    "Caveats and recommendations", "How to reproduce",
]  # fmt: skip

FOLDS = {
    "folds": 5,
    "metrics": {
        "mape": {"mean": None, "std": None, "values": []},
        "new": {"mean": 0.5, "std": 0.1, "values": []},
        "rmse": {"mean": 25000.25, "std": 12.0, "values": []},
    },
}


@pytest.fixture
def complete(manifest):
    evaluation = evaluate_predictions("regression", [1000.0, 2000.0, 4000.0], [1100.0, 2000.0, 3900.0], n_bootstrap=50)
    metrics = {"holdout": evaluation.to_json(), "cross_validation": FOLDS}
    return json.loads(json.dumps({**manifest, "metrics": metrics}))


def headings(card):
    return re.findall(r"^## (.*)$", card, flags=re.MULTILINE)


def test_has_all_sections_in_order(complete):
    card = build_model_card(complete)
    assert card.startswith("# Model card: regression_model 1.2.3\n")
    assert headings(card) == SECTIONS
    assert card.endswith("\n")
    assert not card.endswith("\n\n")


def test_tells_the_facts(complete):
    card = build_model_card(complete)
    assert r"predicts **price\|eur**" in card
    assert f"SHA-256: {'ab' * 32}" in card
    assert "| Left out: target is missing | 3 |" in card
    assert "| RMSE | 81.65 EUR |" in card  # sqrt((100^2 + 0 + 100^2) / 3)
    assert "5 folds" in card
    assert "| RMSE | 25,000 EUR | 12 EUR |" in card
    assert "| MAPE | n/a | n/a |" in card
    assert "| new | 0.500 | 0.100 |" in card
    folds = card.split("### Cross-validation")[1]
    assert folds.index("| RMSE |") < folds.index("| MAPE |") < folds.index("| new |")
    assert "c0ffee, with uncommitted changes" in card
    assert "a, b, c, d, e, f, … (8 in all)" in card
    assert "12.5 to 215k" in card
    assert "1. **impute_number** columns: area\\|m2, rooms; by: median\n2. **one_hot**\n" in card
    assert "- Python: 3.11\n- System: Linux x86_64\n" in card
    assert "\nPrices of houses\n" in card
    assert "| alpha | 0.5 |" in card
    assert "4 rows were left out" in card


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


def test_synthetic_data_are_announced_in_bold(complete):
    notice = "**Trained on made-up sample data.**"
    assert notice not in build_model_card(complete)
    complete["data"]["synthetic"] = True
    card = build_model_card(complete)
    assert card.index(notice) < card.index("## Intended use")


@pytest.mark.parametrize(
    "absent", ["target", "data", "rows", "schema", "config", "model", "metrics", "git", "platform"]
)
def test_any_key_may_be_absent_or_null(complete, absent):
    assert build_model_card({**complete, absent: None}) == build_model_card(
        {key: value for key, value in complete.items() if key != absent}
    )


def test_an_empty_manifest_still_has_a_card():
    assert headings(build_model_card({})) == [
        "Intended use",
        "Caveats and recommendations",
        "How to reproduce",
    ]


def test_a_classification_shows_its_confusion_matrix_and_what_is_undefined(manifest):
    labels = ["no", "no", "yes|x"]
    evaluation = evaluate_predictions("classification", labels, labels, n_bootstrap=0)
    card = build_model_card({"task": "classification", "metrics": {"holdout": evaluation.to_json()}})
    assert r"| yes\|x | 0 | 1 |" in card
    assert "| ROC AUC | n/a | n/a | higher | Not defined: the model gives no probabilities. |" in card


def test_metrics_of_another_version_are_shown_by_name(complete):
    complete["metrics"]["holdout"]["metrics"]["new_metric"] = {"value": 0.5, "low": None, "high": None}
    assert "| new_metric | 0.500 | n/a |" in build_model_card(complete)


def test_cross_validation_may_be_an_evaluation(complete):
    complete["metrics"]["cross_validation"] = complete["metrics"]["holdout"]
    card = build_model_card(complete)
    assert "3 rows, out of fold." in card
