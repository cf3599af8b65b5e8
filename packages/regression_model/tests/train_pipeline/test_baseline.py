from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from regression_model.config import parse_config
from regression_model.train_pipeline import run_training

TEXT = """\
pipeline_name: {task}
version: 1.0.0
task: {task}
data:
  name: table
target:
  column: {target}
features:
  number: [area]
  integer: [rooms]
  boolean: [garden]
  category: [town]
preprocessing:
  - step: impute_number
    columns: [area]
  - step: one_hot
    columns: town
model:
  family: {family}
evaluation:
  bootstrap_samples: 100
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Train both tasks on a table in which one value of a whole number is very frequent."""
    folder = tmp_path_factory.mktemp("baseline")
    random = np.random.default_rng(3)
    n_rows = 400
    frame = pd.DataFrame(
        {"area": random.uniform(50, 250, n_rows), "rooms": np.where(random.random(n_rows) < 0.97, 4, 9)}
    )
    frame["garden"] = random.random(n_rows) < 0.3
    frame["town"] = random.choice(["Ames", "Boone"], n_rows)
    noise = random.normal(size=n_rows)
    frame["price"] = 1000 * frame["area"] + 9000 * frame["garden"] + 500 * frame["rooms"] + noise
    frame["dear"] = np.where(frame["price"] + 30_000 * noise > 160_000, "yes", "no")
    frame.loc[::10, "area"] = np.nan
    frame.to_csv(folder / "table.csv", index=False)
    results = {}
    for task, target, family in (
        ("regression", "price", "ridge"),
        ("classification", "dear", "logistic_regression"),
    ):
        config = parse_config(TEXT.format(task=task, target=target, family=family))
        results[task] = run_training(config, data_path=folder / "table.csv", output=folder / task)
    return results


def test_shares_are_those_of_the_values_where_deciles_coincide(trained):
    features = trained["regression"].manifest.content["baseline"]["features"]
    # By the deciles alone, which are all 4, the nine would seem to be a tenth of the rows at least.
    assert features["rooms"]["edges"] == [4.0]
    assert features["rooms"]["shares"] == [pytest.approx(0.97, abs=0.02), pytest.approx(0.03, abs=0.02)]
    assert sum(features["rooms"]["shares"]) == pytest.approx(1)


def test_distinct_numbers_lie_in_tenths(trained):
    content = trained["regression"].manifest.content
    area = content["baseline"]["features"]["area"]
    [feature] = [item for item in content["schema"]["features"] if item["name"] == "area"]
    assert area["edges"] == feature["deciles"][1:-1]
    # 288 rows or so, which no ten bins share evenly.
    assert area["shares"] == pytest.approx([0.1] * 10, abs=0.005)


def test_booleans_have_their_shares_and_categories_are_left_to_the_schema(trained):
    features = trained["regression"].manifest.content["baseline"]["features"]
    assert features["garden"]["labels"]["true"] == pytest.approx(0.3, abs=0.06)
    assert sum(features["garden"]["labels"].values()) == pytest.approx(1)
    assert "town" not in features


def test_predictions_of_a_regression_are_held_out_ones(trained):
    content = trained["regression"].manifest.content
    predictions = content["baseline"]["predictions"]
    assert len(predictions["edges"]) == 9
    assert predictions["shares"] == pytest.approx([0.1] * 10, abs=1.1 / content["rows"]["holdout"])
    assert all(low < high for low, high in itertools.pairwise(predictions["edges"]))


def test_predictions_of_a_classification_are_shares_of_labels(trained):
    shares = trained["classification"].manifest.content["baseline"]["predictions"]["labels"]
    assert set(shares) == {"no", "yes"}
    assert sum(shares.values()) == pytest.approx(1)
    assert min(shares.values()) > 0.2
