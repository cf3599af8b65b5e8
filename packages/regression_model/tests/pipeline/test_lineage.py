from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from regression_model.config import Config, parse_config
from regression_model.pipeline import build_pipeline, find_features_read, find_shares, predict_frame, prune_pipeline

HEAD = """\
pipeline_name: test
task: regression
data:
  name: test
target:
  column: y
features:
  number: [a, b, noise, sold, built]
  category: [zone]
preprocessing:
  - step: impute_category
    columns: zone
"""

CASES = {
    "a lasso without use for a column": (
        "  - step: ordered_encoding\n  - step: scale\n",
        "lasso\n  alpha: 0.3",
        {"a", "b", "zone"},
    ),
    "selection by a lasso": (
        "  - step: ordered_encoding\n  - step: scale\n  - step: select_lasso\n    alpha: 0.3\n",
        "ridge",
        {"a", "b", "zone"},
    ),
    "elapsed time keeps its reference": (
        "  - step: elapsed_time\n    columns: built\n    reference: sold\n  - step: ordered_encoding\n"
        "  - step: drop\n    columns: [a, b, noise, zone]\n",
        "ridge",
        {"built", "sold"},
    ),
    "a combination keeps its parts": (
        "  - step: combine\n    columns: [a, b]\n    operation: sum\n    into: a_and_b\n"
        "  - step: drop\n    columns: [a, b, noise, zone, sold, built]\n",
        "ridge",
        {"a", "b"},
    ),
    "an indicator keeps its column": (
        "  - step: missing_indicator\n    columns: noise\n  - step: impute_number\n    columns: noise\n"
        "  - step: drop\n    columns: [a, b, zone, noise, sold, built]\n",
        "ridge",
        {"noise"},
    ),
    "one-hot columns keep their column": (
        "  - step: one_hot\n    columns: zone\n  - step: scale\n",
        "lasso\n  alpha: 0.3",
        {"a", "b", "zone"},
    ),
    "one-hot columns behind a step that learns its columns": (
        "  - step: drop_constant\n  - step: one_hot\n    columns: all\n  - step: scale\n",
        "lasso\n  alpha: 0.3",
        {"a", "b", "zone"},
    ),
    "imputation behind a step that learns its columns": (
        "  - step: ordered_encoding\n  - step: drop_constant\n  - step: impute_number\n    columns: all\n"
        "  - step: scale\n  - step: select_lasso\n    alpha: 0.3\n",
        "ridge",
        {"a", "b", "zone"},
    ),
    "trees read what arrives": (
        "  - step: ordered_encoding\n  - step: drop\n    columns: [sold]\n",
        "extra_trees\n  n_estimators: 5",
        {"a", "b", "noise", "built", "zone"},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def table() -> tuple[pd.DataFrame, pd.Series]:
    random = np.random.default_rng(0)
    n_rows = 200
    frame = pd.DataFrame(
        {
            "a": random.normal(size=n_rows),
            "b": random.normal(size=n_rows),
            "noise": random.normal(size=n_rows),
            "sold": random.integers(2000, 2010, n_rows).astype(float),
            "built": random.integers(1900, 2000, n_rows).astype(float),
            "zone": pd.Series(random.choice(["x", "y", "z"], n_rows), dtype=object),
        }
    )
    target = 5 * frame["a"] - 3 * frame["b"] + frame["zone"].map({"x": 0.0, "y": 2.0, "z": 4.0})
    frame.loc[:3, "zone"] = None
    return frame, target.rename("y")


def config_for(case: str) -> Config:
    steps, family, _ = CASES[case]
    return parse_config(f"{HEAD}{steps}model:\n  family: {family}\n")


@pytest.mark.parametrize("case", CASES)
def test_the_features_read_are_found(case, table):
    config = config_for(case)
    frame, target = table
    if "missing_indicator" in CASES[case][0]:
        frame = frame.assign(noise=frame["noise"].mask(frame["noise"] > 1))
    pipeline = build_pipeline(config).fit(frame, target)

    assert find_features_read(pipeline, config, frame) == CASES[case][2]


@pytest.mark.parametrize("case", CASES)
def test_what_is_not_read_changes_nothing(case, table):
    config = config_for(case)
    frame, target = table
    pipeline = build_pipeline(config).fit(frame, target)
    read = find_features_read(pipeline, config, frame)
    unread = [name for name in frame.columns if name not in read]
    pruned = prune_pipeline(pipeline, frame, {name: frame[name].dropna().iloc[0] for name in unread})

    shuffled = frame.assign(**{name: frame[name].sample(frac=1, random_state=1).to_numpy() for name in unread})
    for name in unread:
        if frame[name].dtype == object:
            shuffled[name] = shuffled[name].astype(object)
    expected = predict_frame(pipeline, frame).predictions
    np.testing.assert_array_equal(predict_frame(pipeline, shuffled).predictions, expected)
    np.testing.assert_array_equal(predict_frame(pruned, frame[sorted(read)]).predictions, expected)
    assert unread or pruned is pipeline


def test_a_model_that_reads_nothing_is_said_to_read_all(table):
    frame, target = table
    config = parse_config(f"{HEAD}  - step: ordered_encoding\nmodel:\n  family: lasso\n  alpha: 1e9\n")
    pipeline = build_pipeline(config).fit(frame, target)

    assert find_features_read(pipeline, config, frame) == set(frame.columns)


def test_columns_belong_to_the_features_that_they_are_made_of(table):
    frame, target = table
    config = parse_config(
        f"{HEAD}  - step: missing_indicator\n    columns: noise\n"
        "  - step: elapsed_time\n    columns: built\n    reference: sold\n"
        "  - step: combine\n    columns: [a, b]\n    operation: sum\n    into: a_and_b\n"
        "  - step: combine\n    columns: [a_and_b, built]\n    operation: product\n    into: all_three\n"
        "  - step: one_hot\n    columns: zone\n  - step: scale\nmodel:\n  family: ridge\n"
    )
    pipeline = build_pipeline(config).fit(frame, target)
    shares = find_shares(pipeline, config, frame)

    assert list(shares) == list(pipeline[:-1].transform(frame).columns)
    assert shares["noise_na"] == {"noise": 1.0}
    assert shares["built"] == {"built": 1.0}, "a column that keeps its name belongs to that feature alone"
    assert shares["a_and_b"] == {"a": 0.5, "b": 0.5}
    assert shares["all_three"] == {"a": 0.25, "b": 0.25, "built": 0.5}
    assert [shares[name] for name in ("zone_x", "zone_y", "zone_z")] == [{"zone": 1.0}] * 3


@pytest.mark.parametrize("case", CASES)
def test_every_column_belongs_wholly_to_features_also_in_a_pruned_pipeline(case, table):
    config = config_for(case)
    frame, target = table
    pipeline = build_pipeline(config).fit(frame, target)
    read = find_features_read(pipeline, config, frame)
    pruned = prune_pipeline(pipeline, frame, {name: frame[name].dropna().iloc[0] for name in set(frame) - read})

    shares = find_shares(pruned, config, frame[sorted(read)])
    assert shares == find_shares(pipeline, config, frame)
    assert [sum(parts.values()) for parts in shares.values()] == pytest.approx([1.0] * len(shares))
