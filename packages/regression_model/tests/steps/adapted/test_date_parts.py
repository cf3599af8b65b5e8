from __future__ import annotations

from typing import get_args

import numpy as np
import pandas as pd
import pytest
from feature_engine.datetime import DatetimeFeatures

from regression_model.steps.adapted.date_parts import DateParts
from regression_model.steps.date_parts import Part

PARTS = list(get_args(Part))


@pytest.fixture
def sales():
    days = ["2007-12-31 23:59:58", "2008-02-29", "2010-05-02 06:07:08", "2011-01-01", "2011-04-01", "2011-09-30"]
    return pd.DataFrame({"sold": pd.to_datetime(days, format="mixed")})


@pytest.mark.filterwarnings("ignore:Series.dt.dayofweek is deprecated", "ignore:Series.dt.dayofyear is deprecated")
@pytest.mark.filterwarnings("ignore:The inplace keyword in DataFrame.drop is deprecated")
def test_parts_are_those_of_feature_engine(sales):
    library = DatetimeFeatures(variables=["sold"], features_to_extract=PARTS).fit_transform(sales)
    ours = DateParts(["sold"], PARTS).fit_transform(sales)
    pd.testing.assert_frame_equal(ours, library.astype("float64"))


def test_all_parts_of_a_missing_date_are_missing(sales):
    fitted = DateParts(["sold"], PARTS).fit(sales)
    answer = fitted.transform(pd.DataFrame({"sold": pd.to_datetime([None, "2010-05-02"])}))
    assert answer.iloc[0].isna().all()
    assert answer.iloc[1].notna().all()
    assert set(answer.dtypes) == {np.dtype("float64")}


def test_a_batch_without_rows(sales):
    fitted = DateParts(["sold"], ["year"]).fit(sales)
    assert fitted.transform(sales.head(0)).columns.tolist() == ["sold_year"]


@pytest.mark.parametrize(
    ("frame", "parts", "message"),
    [
        (pd.DataFrame({"sold": ["2010"]}, dtype=object), ["year"], "'sold' must hold dates, its dtype is object"),
        (pd.DataFrame({"sold": pd.to_datetime(["2010-01-01"])}), ["yaer"], r"unknown \['yaer'\]; known are"),
        (
            pd.DataFrame({"sold": pd.to_datetime(["2010-01-01"]), "sold_year": 1.0}),
            ["year"],
            "'sold_year', which is there already",
        ),
        (pd.DataFrame({"date": pd.to_datetime(["2010-01-01"])}), ["year"], r"missing columns \['sold'\]"),
    ],
)
def test_what_can_not_be_read(frame, parts, message):
    with pytest.raises(ValueError, match=message):
        DateParts(["sold"], parts).fit(frame)
