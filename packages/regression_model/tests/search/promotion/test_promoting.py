from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regression_model.config import parse_config, shipped_configs
from regression_model.errors import ConfigError
from regression_model.records.applying import apply_changes
from regression_model.search.promotion import promote_text

SMALL = """\
# What this is about.
pipeline_name: houses
task: regression   # of prices
data:
  name: houses
target:
  column: price
  # Errors in percent matter.
  transform: log
  unit: USD
features:
  number: [area, rooms]
  category: kind

# How columns are prepared.
preprocessing:
  # Gaps first.
  - step: impute_number
    columns: number   # both
  - step: impute_category
    columns: kind

  # Then numbers.
  - step: one_hot
    columns: kind
  - step: scale
# What learns.
model:
  # Strong enough.
  family: lasso
  alpha: 0.001   # found by hand
evaluation:
  holdout_fraction: 0.2
"""
STEPS = [
    {"step": "impute_number", "columns": ["number"]},
    {"step": "impute_category", "columns": ["kind"]},
    {"step": "one_hot", "columns": "kind"},
    {"step": "scale"},
]


def changed_lines(promotion):
    lines = promotion.diff.splitlines()[2:]
    return [line for line in lines if line.startswith(("+", "-"))]


def promote(text, changes):
    """Promote, and check that the result says exactly what the trial says."""
    promotion = promote_text(text, changes)
    wanted = apply_changes(parse_config(text), changes)
    assert parse_config(promotion.text).model_dump() == wanted.model_dump()
    return promotion


def test_what_is_the_same_changes_nothing():
    promotion = promote(SMALL, {"preprocessing": STEPS, "model": {"family": "lasso", "alpha": 1e-3}})

    assert promotion.text == SMALL
    assert promotion.diff == ""


def test_defaults_that_are_said_in_the_file_only_or_in_the_trial_only_are_no_change():
    config = parse_config(SMALL.replace("alpha: 0.001   # found by hand", "alpha: 0.001\n  max_iter: 10000"))
    complete = [step.model_dump(mode="json") for step in config.preprocessing]

    assert promote(SMALL, {"preprocessing": complete, "model": config.model.model_dump(mode="json")}).diff == ""


def test_one_hyperparameter_is_one_line():
    promotion = promote(SMALL, {"model": {"family": "lasso", "alpha": 0.02}})

    assert changed_lines(promotion) == ["-  alpha: 0.001   # found by hand", "+  alpha: 0.02"]
    assert "# Strong enough." in promotion.text


def test_another_family_replaces_the_section_and_keeps_the_comments_around_it():
    model = {"family": "hist_gradient_boosting", "learning_rate": 0.05, "max_depth": None, "max_iter": 300}

    promotion = promote(SMALL, {"model": model})

    assert changed_lines(promotion) == [
        "-  # Strong enough.",
        "-  family: lasso",
        "-  alpha: 0.001   # found by hand",
        "+  family: hist_gradient_boosting",
        "+  learning_rate: 0.05",
        "+  max_iter: 300",
    ]
    assert "# What learns.\nmodel:\n" in promotion.text


def test_a_step_that_goes_takes_its_comment_along():
    promotion = promote(SMALL, {"preprocessing": [STEPS[0], STEPS[1], STEPS[2]]})
    assert changed_lines(promotion) == ["-  - step: scale"]

    promotion = promote(SMALL, {"preprocessing": STEPS[1:]})
    assert changed_lines(promotion) == ["-  # Gaps first.", "-  - step: impute_number", "-    columns: number   # both"]


def test_a_step_that_comes_stands_where_it_belongs():
    new = {"step": "yeo_johnson", "columns": ["area", "rooms"]}

    promotion = promote(SMALL, {"preprocessing": [*STEPS[:2], new, *STEPS[2:]]})

    assert changed_lines(promotion) == ["+  - step: yeo_johnson", "+    columns: [area, rooms]"]


def test_a_step_that_changes_keeps_the_comment_above_it():
    promotion = promote(SMALL, {"preprocessing": [{"step": "impute_number", "columns": ["area"]}, *STEPS[1:]]})

    assert changed_lines(promotion) == ["-    columns: number   # both", "+    columns: area"]


def test_all_steps_may_go_and_come_back():
    without = promote(SMALL, {"preprocessing": [], "model": {"family": "hist_gradient_boosting"}} | ORDERED)
    assert "preprocessing:" in without.text

    back = promote(without.text, {"preprocessing": STEPS})

    assert "  - step: one_hot\n    columns: kind\n" in back.text
    assert "# How columns are prepared.\npreprocessing:\n" in back.text


ORDERED = {"preprocessing": [{"step": "ordered_encoding", "columns": "kind"}]}


@pytest.mark.parametrize("section", ["preprocessing: []", "preprocessing:", None])
def test_a_file_without_steps_gets_some(section):
    head, tail = SMALL.replace("  category: kind\n", "").split("preprocessing:\n")
    text = head + (f"{section}\n" if section else "") + tail[tail.index("# What learns.") :]

    promotion = promote(text, {"preprocessing": [STEPS[0]]})

    assert "preprocessing:\n  - step: impute_number\n    columns: number\n" in promotion.text
    assert promotion.text.endswith(tail[tail.index("# What learns.") :])


def test_the_transform_of_the_target():
    gone = promote(SMALL, {"target": {"transform": "none"}})
    assert changed_lines(gone) == ["-  # Errors in percent matter.", "-  transform: log"]

    assert changed_lines(promote(gone.text, {"target": {"transform": "log"}})) == ["+  transform: log"]
    assert promote(SMALL, {"target": {"transform": "log"}}).diff == ""


@pytest.mark.parametrize(
    "target", ["target: {column: price, transform: log, unit: USD}", "target: {column: price, unit: USD}"]
)
def test_sections_in_flow_style_are_written_anew(target):
    head, _, rest = SMALL.partition("target:\n")
    text = head + target + "\n" + rest[rest.index("features:") :]
    text = text.replace("model:\n  # Strong enough.\n  family: lasso\n  alpha: 0.001   # found by hand\n",
                        "model: {family: lasso, alpha: 0.001}\n")  # fmt: skip

    changes = {"target": {"transform": "none"}, "model": {"family": "lasso", "alpha": 5.0}}
    if "log" not in target:
        changes["target"] = {"transform": "log"}
    promotion = promote(text, changes)

    assert "# How columns are prepared." in promotion.text
    assert "model:\n  family: lasso\n  alpha: 5.0\n" in promotion.text


def test_an_ensemble_is_written_like_any_other_model():
    members = [
        {"name": "lasso_3", "weight": 0.75, "preprocessing": [{"step": "scale"}], "model": {"family": "lasso"}},
        {"name": "ridge_5", "weight": 0.25, "model": {"family": "ridge", "alpha": 2.0}},
    ]

    promotion = promote(SMALL, {"preprocessing": STEPS[:3], "model": {"family": "vote", "members": members}})

    assert promotion.text[promotion.text.index("model:") :].startswith("""\
model:
  family: vote
  members:
    - name: lasso_3
      weight: 0.75
      preprocessing:
        - step: scale
      model:
        family: lasso
    - name: ridge_5
      weight: 0.25
      model:
        family: ridge
        alpha: 2.0
evaluation:
""")


def test_a_stack_with_its_final_model():
    members = [{"name": name, "model": {"family": name}} for name in ("ridge", "lasso")]
    model = {"family": "stack", "folds": 3, "members": members, "final": {"family": "ridge", "alpha": 1.0}}

    promotion = promote(SMALL, {"model": model})

    assert "  final:\n    family: ridge\n    alpha: 1.0\n" in promotion.text
    assert promote(promotion.text, {"model": model}).diff == ""


def test_names_that_yaml_would_misread():
    names = [
        "No",
        "a: b",
        "1stFlrSF",
        "x #1",
        "[odd]",
        "-",
        "it's",
        'say "x"',
        "naïve",
        "null",
        "12",
        "a,b",
        "50%",
        "ü",
    ]
    text = SMALL.replace(
        "category: kind", "category: [kind, " + ", ".join(f'"{n}"' for n in names if '"' not in n) + "]"
    )

    columns = [name for name in names if '"' not in name]
    steps = [*STEPS[:2], {"step": "ordered_encoding", "columns": ["kind", *columns]}, STEPS[3]]
    promotion = promote(text, {"preprocessing": steps, "model": {"family": "ridge"}})

    assert '"No", "a: b"' in promotion.text


def test_long_lists_are_broken():
    names = [f"a_rather_long_name_of_a_column_{number}" for number in range(12)]
    text = SMALL.replace("number: [area, rooms]", f"number: [area, rooms, {', '.join(names)}]")

    promotion = promote(text, {"preprocessing": [*STEPS[:2], {"step": "log", "columns": names}, *STEPS[2:]]})

    assert max(len(line) for line in promotion.text.splitlines() if not line.startswith("  number")) <= 120


def test_line_ends_stay():
    promotion = promote(SMALL.replace("\n", "\r\n"), {"model": {"family": "lasso", "alpha": 0.02}})

    assert promotion.text == SMALL.replace("\n", "\r\n").replace("alpha: 0.001   # found by hand", "alpha: 0.02")


def test_a_trial_that_is_no_valid_configuration_is_refused():
    with pytest.raises(ConfigError, match="alpha"):
        promote_text(SMALL, {"model": {"family": "lasso", "alpha": -1}})
    with pytest.raises(ConfigError, match="preprocessing, model may change, found data"):
        promote_text(SMALL, {"data": {"name": "others"}})


@pytest.mark.parametrize("name", shipped_configs())
def test_the_shipped_configurations_take_another_model(name):
    text = shipped_configs()[name].read_text()
    config = parse_config(text)
    family = "logistic_regression" if config.task == "classification" else "elastic_net"
    steps = [step.model_dump(mode="json", exclude_unset=True) for step in config.preprocessing]

    same = promote(text, {"preprocessing": steps})
    promotion = promote(text, {"model": {"family": family}})

    assert same.diff == ""
    before, after = text.splitlines(), promotion.text.splitlines()
    assert [line for line in before if "#" in line and line in after] == [line for line in before if "#" in line]


KINDS = [
    {"step": "impute_number", "columns": ["number"]},
    {"step": "scale", "columns": ["number"]},
    {"step": "yeo_johnson", "columns": ["area", "rooms"]},
    {"step": "cap_outliers", "columns": ["area"], "method": "iqr", "fold": 2.5},
]
ENCODED = {"step": "ordered_encoding", "columns": ["kind"]}


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.sampled_from(KINDS), max_size=5),
    st.lists(st.sampled_from(KINDS), max_size=5),
    st.sampled_from(["none", "log"]),
)
def test_any_steps_become_any_others(first, second, transform):
    text = promote(SMALL, {"preprocessing": [ENCODED, *first], "target": {"transform": transform}}).text

    back = promote(text, {"preprocessing": [*second, ENCODED], "target": {"transform": "log"}}).text

    assert back.startswith(SMALL[: SMALL.index("target:")])
    assert back.endswith(SMALL[SMALL.index("# What learns.") :])
