from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from regression_model.steps.adapted.by_kind import ByKind, kind_of, on_columns
from regression_model.transformers import Binarise, CategoryFallback


@pytest.fixture
def frame():
    return pd.DataFrame(
        {
            "area": [0.0, 120.0],
            "pool": np.array([0, 1], dtype="int8"),
            "zone": pd.Series(["RL", None], dtype=object),
            "since": pd.to_datetime(["2010-05-01", None]),
        }
    )


def test_kind_of(frame):
    assert [kind_of(frame[name]) for name in frame] == ["number", "number", "category", "datetime"]
    assert kind_of(frame["zone"].astype("str")) == "category"
    assert kind_of(pd.Series([True, False])) == "number"


def test_columns_are_chosen_when_it_is_fitted(frame):
    fitted = ByKind(Binarise([], threshold=1.0), ("number",)).fit(frame)
    assert fitted.transformer_.variables == ["area", "pool"]
    answer = fitted.transform(frame)
    assert answer["area"].tolist() == [0.0, 1.0]
    assert_frame_equal(answer[["zone", "since"]], frame[["zone", "since"]])


def test_its_own_transformer_stays_unfitted(frame):
    inner = Binarise([])
    ByKind(inner, ("number",)).fit(frame)
    assert inner.variables == []
    assert not hasattr(inner, "feature_names_in_")


def test_without_such_columns_frames_pass(frame):
    numbers = frame[["area", "pool"]]
    fitted = ByKind(CategoryFallback([]), ("category",)).fit(numbers)
    assert fitted.transformer_ is None
    assert_frame_equal(fitted.transform(numbers[["pool", "area"]]), numbers)
    assert list(fitted.get_feature_names_out()) == ["area", "pool"]


def test_unfitted(frame):
    with pytest.raises(NotFittedError):
        clone(ByKind(Binarise([]), ("number",))).transform(frame)


def test_on_columns_hands_on_names():
    assert on_columns(Binarise, ["area"], ("number",)).variables == ["area"]
    assert isinstance(on_columns(lambda names: Binarise(names or []), ("all",), ("number",)), ByKind)
