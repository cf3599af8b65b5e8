from __future__ import annotations

import json

import pytest

from regression_model.config import parse_config
from regression_model.errors import ConfigError
from regression_model.train_pipeline.recorded_config import list_key_orders, restore_config

TEXT = """\
pipeline_name: flats
task: regression
data:
  name: flats
target:
  column: price
features:
  number: [area, rooms]
  category: [zone]
preprocessing:
- step: impute_category
  columns: zone
model:
  family: vote
  members:
  - name: trees
    weight: 3
    preprocessing:
    - step: ordered_encoding
    model:
      family: lightgbm
      n_estimators: 20
  - name: line
    preprocessing:
    - step: impute_number
      columns: area
    - step: one_hot
    - step: scale
      columns: all
    model:
      family: ridge
"""
STACK = TEXT.replace("family: vote", "family: stack\n  folds: 4").replace("    weight: 3\n", "")


def test_each_member_is_a_way_of_its_own_behind_the_common_steps():
    branches = parse_config(TEXT).branches()

    assert [(branch.name, branch.model.family) for branch in branches] == [("trees", "lightgbm"), ("line", "ridge")]
    assert [planned.name for planned in branches[1].plan.steps] == [
        "01_impute_category",
        "02_impute_number",
        "03_one_hot",
        "04_scale",
    ]


def test_a_plain_model_has_one_way():
    text = TEXT.replace(TEXT[TEXT.index("model:") :], "- step: one_hot\nmodel:\n  family: ridge\n")
    (branch,) = parse_config(text).branches()

    assert (branch.name, branch.key, len(branch.plan.steps), branch.n_common) == ("", "preprocessing", 2, 2)


def test_a_feature_is_filled_if_it_is_before_every_model_that_needs_it():
    assert parse_config(TEXT).find_filled() == {"zone", "area"}  # the trees take what is missing
    other = TEXT.replace("family: lightgbm\n      n_estimators: 20", "family: lasso")
    assert parse_config(other).find_filled() == {"zone"}


def test_what_a_logarithm_of_a_member_needs_every_row_has_to_have():
    text = TEXT.replace(
        "    - step: ordered_encoding\n", "    - step: ordered_encoding\n    - step: log\n      columns: rooms\n"
    )

    assert parse_config(text).bounds_above() == {"rooms": 0.0}


@pytest.mark.parametrize("text", [TEXT, STACK, STACK + "  final:\n    family: lasso\n", STACK + "  final:\n"])
def test_a_manifest_gives_the_same_config_back(text):
    config = parse_config(text)
    recorded = json.loads(json.dumps(config.model_dump(mode="json"), sort_keys=True))

    again = restore_config({"config": recorded, "config_order": list_key_orders(config)})

    assert again == config
    assert again.model.tasks == ("regression",)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("columns: area", "columns: aera", r"26: model.members.1.preprocessing.0.columns: .*did you mean 'area'"),
        ("    - step: ordered_encoding\n", "", "model.members.0.preprocessing: 'zone' is still a category"),
        ("name: line", "name: trees", "model.members.1.name: two members are called 'trees'"),
        ("name: line", "name: a line", "model.members.1.name: "),
        ("weight: 3", "weight: 0", "model.members.0.weight: Input should be greater than 0"),
        ("family: ridge", "family: vote", "model.members.1.model.family: unknown 'vote'"),
        ("family: ridge", "family: logistic_regression", "model.members.1.model.family: .*can't do regression"),
        ("n_estimators: 20", "n_estimators: 0", "model.members.0.model.n_estimators: "),
        ("family: vote", "family: stack", "model.members.0.weight: unknown key"),
        (
            "- step: ordered_encoding",
            "- step: ordered_encoding\n    - step: lookup\n      table: towns\n      key: zone\n      values: people",
            "model.members.0.preprocessing.1.table: 'data.reference_tables' has no table 'towns'",
        ),
    ],
)
def test_an_error_names_the_member(old, new, message):
    with pytest.raises(ConfigError, match=f"(?s){message}"):
        parse_config(TEXT.replace(old, new))


@pytest.mark.parametrize(
    "step", ["ordered_encoding", "target_encoding", "combine_pairs", "select_lasso\n  columns: area"]
)
def test_before_a_stack_no_step_looks_at_the_target(step):
    common = "  columns: zone\nmodel:\n"
    text = STACK.replace(common, f"  columns: zone\n- step: {step}\nmodel:\n")

    with pytest.raises(ConfigError, match=r"preprocessing\.1: the step '\w+' looks at the target; .*to the 'preproc"):
        parse_config(text)
    parse_config(STACK)  # with the same step in a member


@pytest.mark.parametrize(
    ("end", "message"),
    [
        (
            "  final:\n    family: logistic_regression\n",
            "model.final.family: 'logistic_regression' can't do regression",
        ),
        ("  final:\n    family: stack\n", "model.final.family: unknown 'stack'"),
    ],
)
def test_a_final_model_that_can_not_be_is_refused(end, message):
    with pytest.raises(ConfigError, match=message):
        parse_config(STACK + end)


def test_an_ensemble_has_members():
    text = TEXT[: TEXT.index("  members:")] + "  members: []\n"

    with pytest.raises(ConfigError, match="model.members: "):
        parse_config(text)
