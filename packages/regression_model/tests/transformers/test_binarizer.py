from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import Binarizer

from regression_model.transformers import Binarise


def frame(*cells):
    return pd.DataFrame({"porch": pd.Series(cells, dtype="float64")})


def test_the_threshold_itself_is_not_above_it():
    answer = Binarise(["porch"], threshold=10.0).fit(frame(1.0)).transform(frame(9.0, 10.0, 11.0, np.nan, np.inf))
    np.testing.assert_array_equal(answer["porch"], [0.0, 0.0, 1.0, np.nan, 1.0])


def test_agrees_with_scikit_learn_where_nothing_is_missing():
    data = frame(*np.linspace(-2, 2, 9))
    np.testing.assert_array_equal(Binarise(["porch"]).fit_transform(data), Binarizer().fit_transform(data))


def test_scikit_learn_still_refuses_missing_values():
    # The reason for this class: when this fails, it can go.
    with pytest.raises(ValueError, match="NaN"):
        Binarizer().fit_transform(frame(1.0, np.nan))


def test_booleans_and_numbers_in_objects_are_numbers():
    transformer = Binarise(["porch"]).fit(frame(1.0))
    for cells in (
        [True, False],
        pd.Series([1, None, 0.5], dtype=object),
        pd.Series([1, None], dtype="Int64"),
    ):
        answer = transformer.transform(pd.DataFrame({"porch": cells}))["porch"]
        assert answer.dtype == "float64"
        assert answer[0] == 1.0


@pytest.mark.parametrize(
    ("transformer", "message"),
    [
        (Binarise([]), "Binarise.variables: expected a list of column names"),
        (Binarise(["stoop"]), r"Binarise.variables: missing columns \['stoop'\]"),
        (Binarise(["porch"], threshold=np.nan), "Binarise.threshold: expected a number, got nan"),
    ],
)
def test_bad_parameters_are_named(transformer, message):
    with pytest.raises(ValueError, match=message):
        transformer.fit(frame(1.0))


def test_text_is_refused_in_a_batch_too():
    transformer = Binarise(["porch"]).fit(frame(1.0))
    with pytest.raises(ValueError, match="column 'porch' must hold numbers, but its dtype is"):
        transformer.transform(pd.DataFrame({"porch": ["1.0"]}))
