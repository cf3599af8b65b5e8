from __future__ import annotations

import pandas as pd
import pytest

from regression_model.steps.adapted.encoders import (
    FrequencyEncoder,
    OneHot,
    OrderedEncoder,
    RareLabels,
    as_numbers,
)


def zones(*values):
    return pd.DataFrame({"zone": pd.Series(values, dtype=object)})


TRAINING = zones("RL", "RL", "RM", "RL", "FV", "RM")
UNSEEN = zones("Moon", "RM")


def test_rare_labels_groups_rare_and_unseen_ones_and_keeps_missing():
    fitted = RareLabels(tol=0.3, n_categories=1, variables=["zone"]).fit(TRAINING)
    assert fitted.encoder_dict_ == {"zone": ["RL", "RM"]}
    assert fitted.transform(zones("RL", "FV", "Moon", None))["zone"].tolist() == ["RL", "Rare", "Rare", None]


@pytest.mark.parametrize(("n_categories", "kept"), [(2, ["RL"]), (3, ["FV", "RL", "RM"])])
def test_rare_labels_keeps_all_of_few_categories_without_a_warning(n_categories, kept):
    fitted = RareLabels(tol=0.4, n_categories=n_categories, variables=["zone"]).fit(TRAINING)
    assert fitted.encoder_dict_ == {"zone": kept}


def test_rare_labels_shares_are_of_known_values():
    fitted = RareLabels(tol=0.5, n_categories=1, variables=["zone"]).fit(zones("RL", None, None, None))
    assert fitted.encoder_dict_ == {"zone": ["RL"]}


def test_ordered_encoder_follows_the_mean_of_the_target():
    encoder = OrderedEncoder("ordered", variables=["zone"], unseen="encode")
    encoded = encoder.fit(TRAINING, pd.Series([5.0, 5, 1, 5, 9, 2])).transform(UNSEEN)["zone"]
    assert encoder.encoder_dict_ == {"zone": {"RM": 0, "RL": 1, "FV": 2}}
    assert encoded.tolist() == [-1.0, 0.0]
    assert encoded.dtype == "float64"


def test_ordered_encoder_breaks_ties_by_name():
    frame = zones(*(name for name in "hgfedcba" for _ in range(3)))
    encoder = OrderedEncoder("ordered", variables=["zone"]).fit(frame, pd.Series([1.0] * len(frame)))
    assert list(encoder.encoder_dict_["zone"]) == list("abcdefgh")


def test_ordered_encoder_understands_labels():
    labels = pd.Series(["yes", "yes", "no", "no", "no", "no"], dtype=object)
    encoder = OrderedEncoder("ordered", variables=["zone"]).fit(TRAINING, labels)
    assert list(encoder.encoder_dict_["zone"]) == ["FV", "RM", "RL"], "ascending share of 'yes'"


@pytest.mark.parametrize("target", [["b", "a", "b"], [True, False, True], [2.5, 1.0, 2.5]])
def test_as_numbers_keeps_the_order_and_the_index(target):
    index = pd.Index([7, 8, 9])
    for given in (target, pd.Series(target, index=index)):
        numbers = as_numbers(given, index)
        assert numbers.index.equals(index)
        assert numbers[7] == numbers[9] > numbers[8]


@pytest.mark.parametrize(("method", "expected"), [("count", [0.0, 2.0]), ("frequency", [0.0, 1 / 3])])
def test_frequency_encoder(method, expected):
    encoder = FrequencyEncoder(method, variables=["zone"], unseen="encode").fit(TRAINING)
    assert encoder.transform(UNSEEN)["zone"].tolist() == expected
    assert encoder.transform(TRAINING)["zone"].dtype == "float64"
    assert list(encoder.encoder_dict_["zone"]) == ["FV", "RL", "RM"]


@pytest.mark.parametrize(
    ("drop_last", "names"), [(False, ["zone_FV", "zone_RL", "zone_RM"]), (True, ["zone_FV", "zone_RL"])]
)
def test_one_hot_is_alphabetical_and_unseen_is_all_zero(drop_last, names):
    encoder = OneHot(variables=["zone"], drop_last=drop_last).fit(TRAINING)
    answer = encoder.transform(zones("Moon", "FV"))
    assert list(answer) == names == list(encoder.get_feature_names_out())
    assert answer.iloc[0].tolist() == [0.0] * len(names)
    assert answer.iloc[1].tolist() == [1.0] + [0.0] * (len(names) - 1)
    assert set(answer.dtypes.astype(str)) == {"float64"}


@pytest.mark.parametrize(
    ("columns", "variables", "message"),
    [
        ({"p": "q_r", "p_q": "r"}, ["p", "p_q"], "the category 'q_r' of 'p' and the category 'r' of 'p_q' would both"),
        ({"c": "x", "c_x": 1.0}, ["c"], "the category 'x' of 'c' would become the column 'c_x', which is there"),
    ],
)
def test_one_hot_refuses_two_columns_of_one_name(columns, variables, message):
    frame = pd.DataFrame({name: pd.Series([value], dtype=object) for name, value in columns.items()})
    with pytest.raises(ValueError, match=message):
        OneHot(variables=variables).fit(frame)


def test_one_hot_may_use_the_name_of_a_column_that_it_replaces():
    frame = pd.DataFrame({"c": pd.Series(["x"], dtype=object), "c_x": pd.Series(["y"], dtype=object)})
    assert list(OneHot(variables=["c", "c_x"]).fit_transform(frame)) == ["c_x", "c_x_y"]


@pytest.mark.parametrize(
    "encoder",
    [
        OneHot(variables=["zone"]),
        OrderedEncoder("ordered", variables=["zone"]),
        FrequencyEncoder("count", variables=["zone"]),
    ],
)
def test_missing_categories_have_to_be_filled_before(encoder):
    with pytest.raises(ValueError, match="contain NaN"):
        encoder.fit(zones("RL", None), [1.0, 2.0])
