from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from regression_model.config.time_series import TimeSeriesConfig
from regression_model.errors import DataError
from regression_model.processing.time_series import gather_series

PLAIN = TimeSeriesConfig(id="window", values="speed")


def test_series_of_unequal_length_and_of_one_point():
    """Rows of a series need not be neighbours; ids come in the order of their first rows."""
    long = pd.DataFrame({"window": [7, 3, 7, 5, 3], "speed": [1.0, 10.0, 2.0, 5.0, 20.0]})
    wide = gather_series(long, PLAIN)
    assert wide.to_dict("list") == {"window": ["7", "3", "5"], "speed": [(1.0, 2.0), (10.0, 20.0), (5.0,)]}


@pytest.mark.parametrize("times", [[2, 1, 10], ["2", "1", "10"], ["2024-01-02", "2024-01-01", "2024-01-10"]])
def test_measurements_are_sorted_by_time(times):
    long = pd.DataFrame({"window": [1, 1, 1], "at": times, "speed": [2.0, 1.0, 10.0]})
    settings = TimeSeriesConfig(id="window", values="speed", sort="at")
    assert gather_series(long, settings)["speed"].tolist() == [(1.0, 2.0, 10.0)]


def test_missing_measurements_stay_and_series_without_any_are_missing():
    long = pd.DataFrame({"window": ["a", "a", "b"], "speed": ["1.5", "-9", ""]})
    [first, second] = gather_series(long, PLAIN, missing_values=["-9"])["speed"]
    assert first[0] == 1.5
    assert math.isnan(first[1])
    assert second is None


def test_kinds_and_several_values_are_columns():
    by_kind = pd.DataFrame({"window": [1, 1, 2], "what": ["x", "y", "x"], "speed": [1.0, 2.0, 3.0]})
    wide = gather_series(by_kind, TimeSeriesConfig(id="window", values="speed", kind="what"))
    assert wide.to_dict("list") == {"window": ["1", "2"], "x": [(1.0,), (3.0,)], "y": [(2.0,), None]}
    several = pd.DataFrame({"window": [1, 1], "x": [1.0, 2.0], "y": [3.0, 4.0]})
    wide = gather_series(several, TimeSeriesConfig(id="window", values=["x", "y"]))
    assert wide.to_dict("list") == {"window": ["1"], "x": [(1.0, 2.0)], "y": [(3.0, 4.0)]}


def test_labels_are_joined_whatever_the_type_of_the_ids():
    """An id without label has none; a label without series has a missing series: training leaves both out."""
    long = pd.DataFrame({"window": [7.0, 3.0], "speed": [1.0, 2.0]})
    labels = pd.DataFrame({"label": ["up", "down"], "window": ["3", "9"]})
    wide = gather_series(long, PLAIN, labels=labels)
    assert wide.to_dict("list") == {
        "window": ["7", "3", "9"],
        "speed": [(1.0,), (2.0,), None],
        "label": [None, "up", "down"],
    }


def test_further_columns_are_taken_where_they_do_not_vary():
    long = pd.DataFrame({"window": [1, 1, 2], "speed": [1.0, 2.0, 3.0], "label": ["a", "a", "b"], "n": [1, 2, 3]})
    wide = gather_series(long, PLAIN, wanted=["label"])
    assert list(wide.columns) == ["window", "speed", "label"]
    assert wide["label"].tolist() == ["a", "b"]
    with pytest.raises(DataError, match=r"column 'n' varies within a series \(first in row 2\)"):
        gather_series(long, PLAIN, wanted=["n"])


@pytest.mark.parametrize(
    ("long", "labels", "message"),
    [
        ({"windows": [1], "speed": [1.0]}, None, r"no column 'window'.*did you mean 'windows'"),
        ({"window": [1, None], "speed": [1.0, 2.0]}, None, r"'window' says .* missing or no text in 1 rows .*row 2"),
        ({"window": [1], "speed": ["fast"]}, None, r"'speed' holds measurements.*1 are not \(first in row 1\)"),
        ({"window": [1], "speed": [1.0]}, {"id": [1]}, r"the table of labels has no column 'window'"),
        ({"window": [1], "speed": [1.0]}, {"window": [1, 1], "y": [0, 1]}, r"has the series '1' .* more than once"),
        ({"window": [1], "speed": [1.0]}, {"window": [1], "speed": [1]}, r"columns that are series, too: speed"),
    ],
)
def test_refusals(long, labels, message):
    with pytest.raises(DataError, match=message):
        gather_series(pd.DataFrame(long), PLAIN, labels=None if labels is None else pd.DataFrame(labels))


def test_kinds_keep_the_order_of_each_series():
    generator = np.random.default_rng(1)
    ids, kinds, values = generator.integers(0, 9, 500), generator.integers(0, 5, 500), generator.normal(size=500)
    long = pd.DataFrame({"window": ids, "what": [f"k{kind}" for kind in kinds], "speed": values})
    wide = gather_series(long, TimeSeriesConfig(id="window", values="speed", kind="what")).set_index("window")
    assert list(wide.columns) == list(dict.fromkeys(long["what"]))
    for name, kind in ((str(name), kind) for name in range(9) for kind in range(5)):
        expected = tuple(values[(ids == int(name)) & (kinds == kind)])
        assert wide.loc[name, f"k{kind}"] == (expected or None)


def test_a_table_with_a_kind_for_each_row_is_refused():
    long = pd.DataFrame({"window": range(2_000), "what": range(2_000), "speed": 1.0})
    with pytest.raises(
        DataError, match=r"'what' says what was measured.*it has 2,000 different ones, and at most 1,000"
    ):
        gather_series(long, TimeSeriesConfig(id="window", values="speed", kind="what"))


def test_many_measurements_keep_their_order():
    generator = np.random.default_rng(0)
    ids, values = generator.integers(0, 50, 2_000), generator.normal(size=2_000)
    wide = gather_series(pd.DataFrame({"window": ids, "speed": values}), PLAIN)
    for name, series in zip(wide["window"], wide["speed"], strict=True):
        assert series == tuple(values[ids == int(name)])
