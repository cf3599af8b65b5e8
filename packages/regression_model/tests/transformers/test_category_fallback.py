from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from feature_engine.encoding import OneHotEncoder, OrdinalEncoder
from sklearn.pipeline import make_pipeline

from regression_model.transformers import CategoryFallback


def frame(*cells):
    return pd.DataFrame({"zone": pd.Series(cells, dtype=object)})


TRAIN = frame("RL", "RL", "RM", "RM", "Rare", None)


def test_unseen_becomes_the_most_frequent_a_tie_the_first_in_the_alphabet():
    fallback = CategoryFallback(["zone"]).fit(TRAIN)
    assert fallback.transform(frame("Moon", "RM", "rl"))["zone"].tolist() == ["RL", "RM", "RL"]
    assert fallback.categories_ == {"zone": ["RL", "RM", "Rare"]}


def test_unseen_becomes_the_declared_category_where_training_saw_it():
    both = TRAIN.assign(street=pd.Series(["Pave"] * 6, dtype=object))
    fallback = CategoryFallback(["zone", "street"], fallback="Rare").fit(both)
    assert fallback.fallback_ == {"zone": "Rare", "street": "Pave"}
    assert fallback.transform(both.assign(zone="Moon", street="Moon")).iloc[0].tolist() == ["Rare", "Pave"]


def test_missing_stays_missing():
    answer = CategoryFallback(["zone"]).fit(TRAIN).transform(frame(None, np.nan, "Moon"))["zone"]
    assert answer.isna().tolist() == [True, True, False]


def test_column_never_seen_filled_answers_missing():
    fallback = CategoryFallback(["zone"], fallback="Rare").fit(frame(None, None))
    answer = fallback.transform(frame("Moon", None))["zone"]
    assert answer.isna().all()
    assert answer.dtype == object


def test_text_comes_out_as_object_whatever_it_was():
    fallback = CategoryFallback(["zone"]).fit(TRAIN)
    for dtype in ("str", "category", "object"):
        answer = fallback.transform(frame("RM", "Moon").astype(dtype))["zone"]
        assert answer.dtype == object
        assert answer.tolist() == ["RM", "RL"]


def test_numbers_as_categories_stay_numbers():
    data = pd.DataFrame({"zone": [20.0, 60.0, 20.0, np.nan]})
    answer = CategoryFallback(["zone"]).fit(data).transform(pd.DataFrame({"zone": [7.0, 60.0, np.nan]}))["zone"]
    np.testing.assert_array_equal(answer, [20.0, 60.0, np.nan])
    assert answer.dtype == "float64"


@pytest.mark.parametrize("encoder", [OneHotEncoder(), OrdinalEncoder(encoding_method="arbitrary")])
def test_no_encoder_after_it_meets_an_unseen_category(encoder):
    train = TRAIN.dropna()
    pipeline = make_pipeline(CategoryFallback(["zone"]), encoder).fit(train)
    answer = pipeline.transform(frame("Moon"))
    assert answer.notna().all(axis=None)
    assert (answer.to_numpy() == pipeline.transform(frame("RL")).to_numpy()).all()
