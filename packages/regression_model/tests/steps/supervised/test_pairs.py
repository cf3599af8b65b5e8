from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from regression_model.steps.supervised.pairs import PairCombiner


def build_frame(n_rows=2000):
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.lognormal(0, 1, (n_rows, 4)), columns=["a", "b", "c", "d"])
    frame.loc[::7, "d"] = np.nan
    return frame, random.normal(0, 1, n_rows)


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("ratio", {"a_per_c", "c_per_a"}),
        ("difference", {"a_minus_c"}),
        ("sum", {"a_plus_c"}),
        ("product", {"a_times_c"}),
    ],
)
def test_what_the_target_is_made_of_is_found(operation, expected):
    frame, noise = build_frame()
    a, c = frame["a"], frame["c"]
    made = {"ratio": a / c, "difference": a - c, "sum": np.log(a + c), "product": np.sqrt(a * c) * np.sign(noise)}[
        operation
    ]
    made = a * c + np.abs(a - c) if operation == "product" else made
    chosen = PairCombiner(list(frame), n=1, operations=[operation]).fit(frame, made + 0.1 * noise).chosen_
    assert {
        f"{first}_{word}_{second}" for word in [expected_word(operation)] for _, first, second in chosen
    } <= expected
    assert len(chosen) == 1


def expected_word(operation):
    return {"ratio": "per", "difference": "minus", "sum": "plus", "product": "times"}[operation]


def test_nothing_is_added_where_nothing_is_gained():
    frame, noise = build_frame()
    assert (
        PairCombiner(list(frame), operations=["ratio", "difference", "sum", "product"]).fit(frame, noise).chosen_ == []
    )
    additive = np.log(frame["a"]) + np.sqrt(frame["b"]) + noise
    assert PairCombiner(list(frame), operations=["ratio", "product"]).fit(frame, additive).chosen_ == []


def test_classes_and_the_order_of_the_rows():
    frame, _ = build_frame()
    labels = np.where(frame["a"] > frame["b"], "more", np.where(frame["a"] > frame["b"] / 3, "less", "little"))
    combiner = PairCombiner(list(frame), n=1).fit(frame, labels)
    assert sorted(combiner.chosen_[0][1:]) == ["a", "b"]
    order = np.random.default_rng(1).permutation(len(frame))
    assert PairCombiner(list(frame), n=1).fit(frame.iloc[order], labels[order]).chosen_ == combiner.chosen_


def test_a_name_that_is_there_already():
    frame, _ = build_frame()
    taken = frame.assign(a_per_b=1.0, b_per_a=1.0)
    with pytest.raises(ValueError, match="PairCombiner: the ratio of '.' and '.' would become the column '._per_.'"):
        PairCombiner(["a", "b"]).fit(taken, frame["a"] / frame["b"])


def test_columns_without_a_value_or_without_spread():
    frame, noise = build_frame(50)
    frame = frame.assign(b=1.0, c=np.nan, d=0.0)
    combiner = PairCombiner(list(frame), operations=["ratio", "difference", "product"]).fit(frame, noise)
    assert combiner.chosen_ == []
    assert list(combiner.transform(frame)) == list(frame)
