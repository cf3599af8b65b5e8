from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from regression_model.transformers import OrdinalMapping

ORDER = ["Po", "Fa", "TA", "Gd", "Ex"]


def frame(*cells):
    return pd.DataFrame({"ExterQual": pd.Series(cells, dtype=object)})


def codes(transformer, *cells):
    return transformer.transform(frame(*cells))["ExterQual"].tolist()


def test_codes_follow_the_declared_order_not_the_alphabet():
    transformer = OrdinalMapping({"ExterQual": ORDER}).fit(frame("TA"))
    assert codes(transformer, *ORDER) == [0.0, 1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize("unseen", ["error", "missing", "lowest"])
@pytest.mark.parametrize("missing", [None, np.nan])
def test_missing_stays_missing_under_every_policy(unseen, missing):
    transformer = OrdinalMapping({"ExterQual": ORDER}, unseen=unseen).fit(frame("TA"))
    assert np.isnan(codes(transformer, missing)).all()


def test_unseen_is_refused_with_its_column_and_value():
    transformer = OrdinalMapping({"ExterQual": ORDER}).fit(frame("TA"))
    with pytest.raises(ValueError, match=r"column 'ExterQual' has categories without a rank: \['Good', 'ta'\].*'Ex'"):
        codes(transformer, "TA", "Good", "ta", "Good", None)


def test_unseen_is_refused_in_training_too():
    with pytest.raises(ValueError, match=r"\['Good'\]"):
        OrdinalMapping({"ExterQual": ORDER}).fit(frame("TA", "Good"))


def test_unseen_can_be_missing():
    transformer = OrdinalMapping({"ExterQual": ORDER}, unseen="missing").fit(frame("Good"))
    assert np.isnan(codes(transformer, "Good")).all()
    assert codes(transformer, "Ex") == [4.0]


def test_unseen_can_be_lowest():
    transformer = OrdinalMapping({"ExterQual": ORDER}, unseen="lowest").fit(frame("Good"))
    assert codes(transformer, "Good", "Fa") == [0.0, 1.0]


@pytest.mark.parametrize("dtype", ["str", "category"])
def test_text_of_any_dtype(dtype):
    transformer = OrdinalMapping({"ExterQual": ORDER}).fit(frame("TA"))
    answer = transformer.transform(frame("Gd", None, "Po").astype(dtype))["ExterQual"]
    np.testing.assert_array_equal(answer, [3.0, np.nan, 0.0])


@pytest.mark.parametrize(
    ("mappings", "unseen", "message"),
    [
        ({}, "error", "OrdinalMapping.mappings: expected at least one column"),
        ({"ExterQual": []}, "error", r"mappings\['ExterQual'\]: expected categories"),
        ({"ExterQual": [1, 2]}, "error", r"expected categories \(text\).*got \[1, 2\]"),
        ({"ExterQual": ["TA", "Gd", "TA"]}, "error", "expected each category once"),
        ({"ExterQal": ORDER}, "error", "did you mean 'ExterQual'"),
        (
            {"ExterQual": ORDER},
            "ignore",
            r"unseen: expected one of \('error', 'missing', 'lowest'\), got 'ignore'",
        ),
    ],
)
def test_bad_parameters_are_named(mappings, unseen, message):
    with pytest.raises(ValueError, match=message):
        OrdinalMapping(mappings, unseen=unseen).fit(frame("TA"))
