from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from regression_model.transformers import ElapsedTime


@pytest.fixture
def houses():
    return pd.DataFrame(
        {"YearBuilt": [1960.0, 2009.0, np.nan], "YearRemodAdd": [1970.0, 2011.0, 2000.0], "YrSold": 2010.0}
    )


def test_years_from_each_variable_to_the_reference(houses):
    answer = ElapsedTime(["YearBuilt", "YearRemodAdd"], reference="YrSold").fit_transform(houses)
    # A remodelling after the sale gives a negative time, which is kept.
    expected = pd.DataFrame({"YearBuilt": [50.0, 1.0, np.nan], "YearRemodAdd": [40.0, -1.0, 10.0], "YrSold": 2010.0})
    assert_frame_equal(answer, expected)


def test_missing_reference_gives_missing(houses):
    houses.loc[0, "YrSold"] = None
    answer = ElapsedTime(["YearBuilt"], reference="YrSold").fit_transform(houses)
    assert np.isnan(answer.loc[0, "YearBuilt"])
    assert answer.loc[1, "YearBuilt"] == 1.0


def test_reference_can_be_dropped(houses):
    transformer = ElapsedTime(["YearBuilt"], reference="YrSold", drop_reference=True).fit(houses)
    assert list(transformer.transform(houses).columns) == ["YearBuilt", "YearRemodAdd"]
    assert list(transformer.get_feature_names_out()) == ["YearBuilt", "YearRemodAdd"]


def test_integers_become_float64(houses):
    answer = ElapsedTime(["YearRemodAdd"], reference="YrSold").fit_transform(
        houses.astype({"YearRemodAdd": "int16", "YrSold": "int64"})
    )
    assert answer.dtypes[["YearRemodAdd", "YrSold"]].astype(str).tolist() == ["float64", "float64"]


@pytest.mark.parametrize(
    ("variables", "reference", "message"),
    [
        ([], "YrSold", r"ElapsedTime.variables: expected a list of column names, at least one, got \[\]"),
        ("YearBuilt", "YrSold", "expected a list of column names, at least one, got 'YearBuilt'"),
        (["YearBuilt", "YearBuilt"], "YrSold", "expected each column once"),
        (["YearBuild"], "YrSold", "'YearBuild': did you mean 'YearBuilt'?"),
        (["YearBuilt"], "SoldIn", r"ElapsedTime.reference: missing columns \['SoldIn'\]"),
        (["YearBuilt", "YrSold"], "YrSold", "'YrSold' is the reference"),
    ],
)
def test_bad_parameters_are_named(houses, variables, reference, message):
    with pytest.raises(ValueError, match=message):
        ElapsedTime(variables, reference=reference).fit(houses)


@pytest.mark.parametrize("column", ["YearBuilt", "YrSold"])
def test_text_is_refused_even_if_it_looks_like_a_year(houses, column):
    with pytest.raises(ValueError, match=f"column '{column}' must hold numbers"):
        ElapsedTime(["YearBuilt"], reference="YrSold").fit(houses.assign(**{column: "1960"}))


def test_real_houses(real_data):
    houses = pd.read_csv(real_data("house_prices.csv"))
    age = ElapsedTime(["YearBuilt"], reference="YrSold").fit_transform(houses)["YearBuilt"]
    assert (age == houses["YrSold"] - houses["YearBuilt"]).all()
    assert age.max() > 100
