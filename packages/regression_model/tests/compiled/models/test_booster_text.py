from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regression_model.compiled.models.booster_text import (
    STATISTICS,
    check_booster,
    cut_after_trees,
    leave_out_statistics,
)
from regression_model.compiled.models.lightgbm import LightGBMModel
from regression_model.errors import ArtifactIntegrityError

lightgbm = pytest.importorskip("lightgbm")

N_COLUMNS = 3


def make_booster(**settings_: object) -> str:
    by_categories = "categorical_feature" in settings_
    rows = np.random.default_rng(2).normal(size=(900 if by_categories else 120, N_COLUMNS))
    if by_categories:
        rows[:, 0] = np.arange(900) % 70 * 11 % 70
    settings = {"objective": "regression", "num_leaves": 5, "verbose": -1, "num_threads": 1, **settings_}
    target = rows[:, 0] * 7 % 5 + rows[:, 1] if by_categories else np.abs(rows[:, 0] * rows[:, 1]).round()
    if settings["objective"] == "binary":
        target = target > 0
    columns = settings.pop("categorical_feature", "auto")
    data = lightgbm.Dataset(rows, target, categorical_feature=columns, free_raw_data=False)
    return lightgbm.train(settings, data, num_boost_round=3).model_to_string()


@pytest.fixture(scope="module")
def text() -> str:
    return cut_after_trees(make_booster())


def test_what_follows_the_trees_is_cut_and_not_needed(text):
    whole = make_booster()
    assert "[learning_rate: 0.1]" in whole
    assert text.endswith("\n\nend of trees\n")
    check_booster(text, N_COLUMNS, 1)
    row = [0.3, -0.2, 0.9]
    assert LightGBMModel(text, N_COLUMNS, 1).predict_row(row)[0] == lightgbm.Booster(model_str=whole).predict([row])[0]


@pytest.mark.parametrize("objective", ["regression", "regression_l1", "binary"])
def test_statistics_of_the_training_are_not_needed(objective):
    whole = cut_after_trees(make_booster(objective=objective, num_leaves=31, min_data_in_leaf=2))
    short = leave_out_statistics(whole)
    assert not any(f"{key}=" in short for key in STATISTICS)
    assert len(short) < 0.8 * len(whole)
    assert leave_out_statistics(short) == short
    check_booster(short, N_COLUMNS, 1)
    rows = np.random.default_rng(3).normal(size=(50, N_COLUMNS))
    ours, theirs = LightGBMModel(short, N_COLUMNS, 1), LightGBMModel(whole, N_COLUMNS, 1)
    np.testing.assert_array_equal(ours.predict_columns(rows), theirs.predict_columns(rows))
    np.testing.assert_array_equal(ours.predict_contributions(rows), theirs.predict_contributions(rows))


def replace_once(text: str, pattern: str, to: str, count: int = 1) -> str:
    """Replace a part, and mend the sizes of the trees, as somebody would who means it."""
    changed, n = re.subn(pattern, to, text, count=count)
    assert n == count
    head, _, trees = changed.partition("\n\n")
    sizes = [len(block) for block in re.split(r"(?=Tree=\d)", trees.partition("end of trees")[0])[1:]]
    return re.sub(r"tree_sizes=.*", f"tree_sizes={' '.join(map(str, sizes))}", head) + "\n\n" + trees


@pytest.mark.parametrize(
    ("pattern", "to", "message"),
    [
        (r"left_child=\S+", "left_child=0", "each the child of one before it"),
        (r"left_child=\S+", "left_child=3", "each the child of one before it"),
        (r"right_child=\S+", "right_child=-9", "each the child of one before it"),
        (r"right_child=\S+", "right_child=2_0", "'right_child' has too few or too many numbers, or some that are none"),
        (r"right_child=\S+", "right_child=4294967297", "each the child of one before it"),
        (r"right_child=\S+", "right_child=99999999999999999999", "'right_child' has to be whole numbers"),
        (r"split_feature=\S+", "split_feature=3", "a column that is none of the 3"),
        (r"split_feature=\S+", "split_feature=-1", "a column that is none of the 3"),
        (r"split_feature=\S+ ", "split_feature=", "'split_feature' has too few"),
        (r"decision_type=\d+", "decision_type=1", "'threshold' has too few"),
        (r"leaf_value=\S+", "leaf_value=nan", "'leaf_value' has too few"),
        (r"leaf_count=\d+", "leaf_count=-1", "covers no rows"),
        (r"internal_count=\d+", "internal_count=0", "covers no rows"),
        (r"num_leaves=5", "num_leaves=6", "has too few or too many"),
        (r"num_leaves=5", "num_leaves=0", "too many leaves"),
        (r"num_cat=0", "num_cat=1", "'cat_boundaries' has too few"),
        (r"num_cat=0", "num_cat=5", "more splits by categories than splits"),
        (r"num_cat=0", "num_cat=-1", "more splits by categories than splits"),
        (r"is_linear=0", "is_linear=1", "leaves that are no numbers"),
        (r"shrinkage=\S+\n", "", "'shrinkage' has too few"),
        (r"shrinkage=", "new=", "tree 0 has the line 'new="),
        (r"Tree=1", "Tree=7", "tree 1 is not where"),
        (r"max_feature_idx=2", "max_feature_idx=999", "'max_feature_idx' has to be 2, not '999'"),
        (r"num_class=1", "num_class=2", "'num_class' has to be 1"),
        (
            r"objective=regression",
            "objective=multiclass num_class:9",
            "'objective' has to be regression or regression_l1",
        ),
        (r"version=v4", "version=v4\nversion=v4", "the header has the line 'version=v4'"),
        (r"label_index", "average_output\nlabel_index", "the header has the line 'average_output'"),
        (r"feature_infos=\S+", "feature_infos=0:1:", "'feature_infos' does not describe"),
        (r"end of trees\n", "end of trees\n\nmore", "not behind the last tree"),
        (r"^tree\n", "trees\n", "does not begin with"),
        (r"Column_0", "Column_\u00fc", "ASCII"),
    ],
)
def test_a_text_that_would_lead_the_library_astray_is_refused(text, pattern, to, message):
    with pytest.raises(ArtifactIntegrityError, match=message):
        check_booster(replace_once(text, pattern, to), N_COLUMNS, 1)


def test_sizes_that_point_elsewhere_are_refused(text):
    for sizes in ("1 2 3", "-1 0 0", "99999999 1 1", ""):
        with pytest.raises(ArtifactIntegrityError, match="tree_sizes"):
            check_booster(re.sub(r"tree_sizes=.*", f"tree_sizes={sizes}", text), N_COLUMNS, 1)


@pytest.mark.parametrize(
    "settings_", [{"linear_tree": True}, {"boosting": "rf", "bagging_fraction": 0.5, "bagging_freq": 1}]
)
def test_boosters_of_other_kinds_are_refused(settings_):
    with pytest.raises(ArtifactIntegrityError, match="in the booster's text"):
        check_booster(cut_after_trees(make_booster(**settings_)), N_COLUMNS, 1)


BY_CATEGORIES = {"categorical_feature": [0], "min_data_per_group": 1, "cat_smooth": 1.0, "min_data_in_leaf": 5}


def test_splits_by_categories_are_read():
    whole = make_booster(**BY_CATEGORIES)
    text = leave_out_statistics(cut_after_trees(whole))
    assert re.search(r"num_cat=[1-4]\n", text)
    assert re.search(r"decision_type=(\d+ )*1\b", text)
    check_booster(text, N_COLUMNS, 1)
    model, booster = LightGBMModel(text, N_COLUMNS, 1), lightgbm.Booster(model_str=whole)
    codes = [*map(float, range(75)), -1.0, np.nan, 2.5, 1e300, -1e300]
    rows = np.array([[code, number, -number] for code in codes for number in (-0.5, 0.7)])
    np.testing.assert_array_equal(model.predict_columns(rows)[:, 0], booster.predict(rows))
    assert [model.predict_row(row) for row in rows.tolist()] == model.predict_columns(rows).tolist()


@pytest.mark.parametrize(
    ("pattern", "to", "message"),
    [
        (r"cat_boundaries=0", "cat_boundaries=1", "don't rise from 0"),
        (r"cat_boundaries=0 \d+", "cat_boundaries=0 0", "don't rise from 0|has too few"),
        (r"cat_boundaries=0 \d+", "cat_boundaries=0 99999999", "don't rise from 0"),
        (r"cat_boundaries=\S+ ", "cat_boundaries=", "'cat_boundaries' has too few"),
        (r"cat_threshold=\S+ ", "cat_threshold=", "'cat_threshold' has too few"),
        (r"cat_threshold=\S+", "cat_threshold=4294967296", "whole numbers of 32 bits"),
        (r"cat_threshold=\S+", "cat_threshold=-1", "whole numbers of 32 bits"),
        (r"cat_threshold=.*\n", "", "'cat_threshold' has too few"),
        (r"threshold=0 ", "threshold=4 ", "splits by categories that it does not list"),
        (r"threshold=0 ", "threshold=-1 ", "splits by categories that it does not list"),
        (r"threshold=0 ", "threshold=0.5 ", "'threshold' has too few or too many numbers, or some that are none"),
    ],
)
def test_categories_that_would_lead_the_library_astray_are_refused(pattern, to, message):
    text = cut_after_trees(make_booster(**BY_CATEGORIES))
    with pytest.raises(ArtifactIntegrityError, match=message):
        check_booster(replace_once(text, pattern, to), N_COLUMNS, 1)


@pytest.mark.parametrize(("settings_", "at_least"), [({}, 50), (BY_CATEGORIES, 20)], ids=["numbers", "categories"])
def test_no_change_makes_the_library_crash_or_run_on(settings_, at_least):
    """What passes is loaded and asked: it may answer anything, or refuse."""
    text = cut_after_trees(make_booster(**settings_))
    n_loaded = []

    head, _, trees = text.partition("\n\n")
    words = re.split(r"([ =\n])", trees)
    places = [place for place in range(len(words) - 1) if _is_number_of_tree(words, place)]
    by_line = {place: _line_of(words, place) for place in places}
    lines = sorted(set(by_line.values()))

    @settings(max_examples=400, deadline=None)
    @given(st.data())
    def check(data: st.DataObject) -> None:
        changed_words = list(words)
        for _ in range(data.draw(st.integers(1, 3))):
            line = data.draw(st.sampled_from(lines))  # else most changes were of children, which are all refused
            place = data.draw(st.sampled_from([place for place in places if by_line[place] == line]))
            changed_words[place] = data.draw(st.sampled_from(NUMBERS))
        if changed_words == words:
            return
        changed = replace_once(f"{head}\n\n{''.join(changed_words)}", "tree_sizes", "tree_sizes")
        try:
            model = LightGBMModel(changed, N_COLUMNS, 1) if _passes(changed) else None
        except ArtifactIntegrityError:
            return
        if model is not None:
            n_loaded.append(1)
            for row in ([0.1, -0.3, 2.0], [np.nan, np.inf, -np.inf]):
                assert isinstance(model.predict_row(row)[0], float)
            assert model.predict_contributions(np.zeros((2, N_COLUMNS))).shape == (2, 1, N_COLUMNS + 1)

    check()
    assert len(n_loaded) > at_least, "else hardly anything was tried"


NUMBERS = [
    "0", "-1", "1", "2", "3", "-2", "-5", "8", "10", "0.5", "-0.0", "1e308", "-1e308", "1e-320", "1e309", "inf", "nan",
    "2147483647", "2147483648", "99999999999",
]  # fmt: skip


def _line_of(words: list[str], place: int) -> str:
    """Return the key of the line that a word is in."""
    start = max((other for other in range(place) if words[other] == "\n"), default=-1) + 1
    return words[start]


def _is_number_of_tree(words: list[str], place: int) -> bool:
    """Say whether a word is one of those behind the sign of a line that describes a tree."""
    return (
        place > 1
        and words[place - 1] in ("=", " ")
        and words[place] not in ("", " ", "=", "\n")
        and (_line_of(words, place) not in ("Tree", "end"))
    )


def _passes(text: str) -> bool:
    check_booster(text, N_COLUMNS, 1)
    return True
