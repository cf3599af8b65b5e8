from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

from regression_model.transformers import RelatedImputer
from regression_model.transformers.relations import fit_relation, solve


def build_blocks(n_rows=500):
    random = np.random.default_rng(0)
    households = np.round(random.lognormal(6, 0.7, n_rows))
    frame = pd.DataFrame(
        {
            "households": households,
            "bedrooms": np.round(households * random.normal(1.07, 0.05, n_rows)),
            "people": np.round(households * random.normal(2.9, 0.4, n_rows)),
            "income": random.lognormal(1, 0.4, n_rows),
        }
    )
    frame["rooms"] = frame["bedrooms"] * 3 + 40 * frame["income"] + 10
    return frame


def test_a_column_that_was_never_missing_is_told_by_the_others():
    blocks = build_blocks()
    imputer = RelatedImputer(list(blocks)).fit(blocks)
    later = blocks.assign(bedrooms=np.nan)
    error = np.abs(imputer.transform(later)["bedrooms"] - blocks["bedrooms"]).mean()
    assert error < 0.1 * np.abs(blocks["bedrooms"] - blocks["bedrooms"].median()).mean()


def test_several_columns_are_used_where_they_tell_more():
    blocks = build_blocks()
    relation = RelatedImputer(["rooms"], related=["bedrooms", "income", "people"]).fit(blocks).relations_["rooms"][0]
    assert set(relation.columns) == {"bedrooms", "income"}
    assert dict(zip(relation.columns, relation.slopes, strict=True)) == pytest.approx({"bedrooms": 3, "income": 40})
    assert relation.intercept == pytest.approx(10, rel=1e-3)


def test_odd_rows_change_little():
    blocks = build_blocks()
    blocks.loc[:3, "bedrooms"] = 1e6
    (relation, *_) = RelatedImputer(["bedrooms"], related=["households"]).fit(blocks).relations_["bedrooms"]
    assert relation.slopes[0] == pytest.approx(1.07, rel=0.03)


def test_what_is_filled_in_lies_in_the_range_of_training_and_is_never_missing():
    blocks = build_blocks()
    imputer = RelatedImputer(["bedrooms"], related=["households", "rooms"]).fit(blocks)
    odd = pd.DataFrame(
        {"bedrooms": np.nan, "households": [1e300, -1e300, np.nan, np.nan], "rooms": [-1e300, 1, 5, np.nan]}
    )
    found = imputer.transform(odd.assign(people=1.0, income=1.0)[list(blocks)])["bedrooms"]
    assert found.between(blocks["bedrooms"].min(), blocks["bedrooms"].max()).all()
    assert found[3] == blocks["bedrooms"].median()


def test_columns_that_tell_nothing_are_left_alone():
    noise = pd.DataFrame(np.random.default_rng(1).normal(0, 1, (300, 3)), columns=["a", "b", "c"])
    noise["constant"] = 1.0
    imputer = RelatedImputer(list(noise)).fit(noise)
    assert set(imputer.relations_.values()) == {()}
    assert imputer.transform(noise.assign(a=np.nan))["a"].tolist() == [noise["a"].median()] * 300


def test_fitted_state_does_not_depend_on_the_order_of_the_rows():
    blocks = build_blocks()
    shuffled = blocks.sample(frac=1, random_state=1)
    assert pickle.dumps(RelatedImputer(list(blocks)).fit(blocks)) == pickle.dumps(
        RelatedImputer(list(blocks)).fit(shuffled)
    )


def test_a_column_without_a_value_is_refused():
    with pytest.raises(ValueError, match="column 'a' has no value to learn from"):
        RelatedImputer(["a"]).fit(pd.DataFrame({"a": [np.nan], "b": [1.0]}))


def test_too_few_rows_make_no_relation():
    few = {"a": np.arange(5.0), "b": np.arange(5.0)}
    assert fit_relation(few, "a", ["b"]) is None


def test_linear_equations():
    matrix, right = [[0.0, 2.0, 1.0], [1.0, 1.0, 0.0], [3.0, 0.0, 5.0]], [5.0, 3.0, 8.0]
    np.testing.assert_allclose(solve(matrix, right), np.linalg.solve(matrix, right))
