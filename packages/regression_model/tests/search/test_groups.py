"""Rows that belong together stay together, whatever a trial or an ensemble is scored on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from regression_model.config import parse_config
from regression_model.config.search import SearchConfig
from regression_model.search.choosing import build_settings
from regression_model.search.ensembling.folds import draw_folds
from regression_model.search.material import Material, Source, load_material

TEXT = """\
pipeline_name: houses
task: {task}
seed: 1
data:
  name: houses
target:
  column: {target}
features:
  number: area
model:
  family: random_forest
evaluation:
  groups: street
"""


def draw_houses(n_streets: int, seed: int) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    street = np.arange(200) % n_streets
    area = draw.normal(size=200) + street
    level = np.where(area > np.median(area), "high", "low")
    return pd.DataFrame({"area": area, "street": [f"s{n}" for n in street], "price": area, "level": level})


@pytest.fixture
def load(tmp_path) -> Callable[..., Material]:
    def load(n_streets: int, task: str = "regression", **source: object) -> Material:
        draw_houses(n_streets, 0).to_csv(tmp_path / "houses.csv", index=False)
        config = parse_config(TEXT.format(task=task, target="price" if task == "regression" else "level"))
        return load_material(Source(config, tmp_path / "houses.csv", **source))

    return load


def test_with_a_validation_table_trials_know_the_groups_of_both_tables(load, tmp_path):
    draw_houses(8, 1).to_csv(tmp_path / "further.csv", index=False)

    material = load(20, validation=tmp_path / "further.csv")
    fold = material.take_fold(0, material.config)

    assert fold.train_groups.equals(material.split.train_groups)
    assert len(fold.train_groups) == len(fold.train)
    settings = build_settings(material, SearchConfig(), None)
    assert (settings.folds, sorted(set(settings.groups))) == ((), [f"s{n}" for n in range(8)])


def test_folds_of_a_cross_validation_are_those_of_the_search(load):
    material = load(20)
    settings = build_settings(material, SearchConfig(), None)
    groups = material.split.train_groups.to_numpy()
    assert len(settings.folds) == 5
    assert all(not set(groups[rows]) & set(np.delete(groups, rows)) for rows in settings.folds)


@pytest.mark.parametrize(("task", "n_streets", "expected"), [
    ("regression", 20, True),
    ("regression", 5, False),  # four to learn from, and five folds of a stack
    ("classification", 20, True),
    ("classification", 5, False),
])  # fmt: skip
def test_no_stack_is_chosen_that_the_final_training_could_not_divide(load, task, n_streets, expected):
    assert build_settings(load(n_streets, task, folds=2), SearchConfig(), None).can_stack is expected


@pytest.mark.parametrize("classification", [True, False])
@pytest.mark.parametrize(("n_groups", "n_parts"), [(30, 5), (3, 3)])
def test_drawn_folds_have_whole_groups(classification, n_groups, n_parts):
    groups = np.arange(300) % n_groups
    target = np.where(np.arange(300) % 7 < 3, "a", "b") if classification else np.arange(300.0)

    folds = draw_folds(target, groups, classification=classification, seed=1)

    assert len(folds) == n_parts
    assert sorted(np.concatenate(folds)) == list(range(300))
    assert all(not set(groups[rows]) & set(np.delete(groups, rows)) for rows in folds)


@pytest.mark.parametrize(
    "groups",
    [
        np.zeros(300, dtype=int),
        np.repeat([0, 1, 2], 100),  # one of them has all rows of a class
    ],
)
def test_where_groups_can_not_be_kept_rows_are_drawn(groups):
    target = np.repeat(["a", "b", "b"], 100)
    found = draw_folds(target, groups, classification=True, seed=1)
    expected = draw_folds(target, classification=True, seed=1)
    assert all(np.array_equal(one, two) for one, two in zip(found, expected, strict=True))
