from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from feature_engine.imputation import CategoricalImputer

from regression_model.transformers import FrequentCategoryImputer
from regression_model.transformers.frequent_category_imputer import find_most_frequent


def frame(*cells):
    return pd.DataFrame({"Street": pd.Series(cells, dtype=object)})


def test_agrees_with_feature_engine_where_that_has_an_answer():
    data = frame("Pave", "Grvl", "Pave", None)
    reference = CategoricalImputer(imputation_method="frequent", variables=["Street"]).fit(data)
    assert FrequentCategoryImputer(["Street"]).fit(data).imputer_.imputer_dict_ == reference.imputer_dict_


def test_a_tie_which_feature_engine_refuses_goes_to_the_first_in_the_alphabet():
    data = frame("Pave", "Pave", "Grvl", "Grvl", None, "Dirt")
    with pytest.raises(ValueError, match="multiple frequent categories"):
        CategoricalImputer(imputation_method="frequent", variables=["Street"]).fit(data)
    imputer = FrequentCategoryImputer(["Street"]).fit(data)
    assert imputer.transform(frame(None, "Pave", "Moon"))["Street"].tolist() == ["Grvl", "Pave", "Moon"]


@pytest.mark.parametrize("missing", [None, np.nan])
def test_every_kind_of_missing_is_filled_and_never_counted(missing):
    imputer = FrequentCategoryImputer(["Street"]).fit(frame("Pave", missing, missing))
    answer = imputer.transform(frame(missing))["Street"]
    assert answer.tolist() == ["Pave"]
    assert answer.dtype == object


def test_column_that_holds_only_nan_floats_in_a_batch_is_filled():
    imputer = FrequentCategoryImputer(["Street"]).fit(frame("Pave"))
    assert imputer.transform(pd.DataFrame({"Street": [np.nan, np.nan]}))["Street"].tolist() == [
        "Pave",
        "Pave",
    ]


def test_str_dtype_comes_out_as_object():
    imputer = FrequentCategoryImputer(["Street"]).fit(frame("Pave"))
    assert imputer.transform(frame("Grvl", None).astype("str"))["Street"].dtype == object


def test_numbers_as_categories_stay_numbers():
    data = pd.DataFrame({"MSSubClass": [60.0, 20.0, np.nan, 20.0]})
    answer = FrequentCategoryImputer(["MSSubClass"]).fit_transform(data)["MSSubClass"]
    assert answer.tolist() == [60.0, 20.0, 20.0, 20.0]
    assert answer.dtype == "float64"


def test_nothing_to_learn_from():
    with pytest.raises(ValueError, match="column 'Street' has no value to learn from: all 2 rows are missing"):
        FrequentCategoryImputer(["Street"]).fit(frame(None, np.nan))


def test_find_most_frequent():
    assert find_most_frequent(pd.Series(["b", "a", None], dtype=object)) == "a"
    assert find_most_frequent(pd.Series([None, None], dtype=object)) is None
    assert type(find_most_frequent(pd.Series([2.0, 2.0, 1.0]))) is float


def test_real_houses(real_data):
    houses = pd.read_csv(real_data("house_prices.csv"), dtype=object, keep_default_na=False, na_values=["NA"])
    columns = ["Electrical", "MasVnrType", "BsmtQual"]
    assert houses[columns].isna().any(axis=None)
    answer = FrequentCategoryImputer(columns).fit_transform(houses)
    assert answer[columns].notna().all(axis=None)
    filled = answer.loc[houses["Electrical"].isna(), "Electrical"]
    assert (filled == houses["Electrical"].value_counts().index[0]).all()
