from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from regression_model.config.time_series import TimeSeriesConfig
from regression_model.errors import InputDataError
from regression_model.processing.time_series.requests import gather_request

SETTINGS = TimeSeriesConfig(id="window", values="speed")
KINDS = TimeSeriesConfig(id="window", kind="axis", values="value")
ROWS = [{"window": 7, "speed": 0.5}, {"window": 7, "speed": None}, {"window": 3, "speed": 1.0}]


@pytest.mark.parametrize(
    "sent",
    [
        ROWS,
        {"window": [7, 7, 3], "speed": [0.5, None, 1.0]},
        {"window": {"0": 7, "1": 7, "10": 3}, "speed": {"0": 0.5, "1": None, "10": 1.0}},
        pd.DataFrame(ROWS),
    ],
)
def test_either_orientation_is_gathered(sent):
    gathered = gather_request(sent, SETTINGS)
    assert gathered["window"].tolist() == ["7", "3"]
    assert [len(series) for series in gathered["speed"]] == [2, 1]


@pytest.mark.parametrize(
    "sent",
    [
        {"speed": [0.5, 1.0]},
        {"window": 7, "speed": [0.5]},
        [{"window": 7, "speed": [0.5]}],
        [{"window": 7, "speed": "[0.5]"}],
        [{"speed": 0.5}],
        [{"window": 7, "speed": None}, {"window": 3, "speed": [0.5]}],
        [{"window": 7, "sped": [0.5]}],
        pd.DataFrame({"window": [7], "speed": [(0.5,)]}),
        pd.DataFrame({"window": [7], "speed": [np.array([0.5])]}),
        pd.DataFrame({"window": [7], "sped": [0.5]}),
        [],
        "text",
        None,
    ],
)
def test_rows_of_series_are_left_alone(sent):
    assert gather_request(sent, SETTINGS) is None


@pytest.mark.parametrize(
    "sent",
    [
        [{"window": 7, "x": [1.0, 2.0], "y": [3.0, 4.0]}],
        [{"window": 7, "axis": [1.0, 2.0], "y": [3.0, 4.0]}],
        {"window": 7, "x": [1.0], "y": [3.0]},
        pd.DataFrame({"window": [7], "x": [(1.0,)], "y": [(3.0,)]}),
    ],
)
def test_rows_whose_columns_are_kinds_are_left_alone(sent):
    assert gather_request(sent, KINDS) is None


def test_kinds_are_gathered():
    sent = [{"window": 7, "axis": "x", "value": 1.0}, {"window": 7, "axis": "y", "value": 3.0}]
    expected = [{"window": "7", "x": (1.0,), "y": (3.0,)}]
    assert gather_request(sent, KINDS).to_dict("records") == expected
    assert gather_request(pd.DataFrame(sent), KINDS).to_dict("records") == expected


@pytest.mark.parametrize(
    ("settings", "sent", "expected"),
    [
        (SETTINGS, {"window": {"10": 3, "9": 7}, "speed": {"10": [1], "9": [2, 3]}}, {"speed": [[2, 3], [1]]}),
        (SETTINGS, {"window": [7, 3], "speed": ["[2, 3]", None]}, {"speed": ["[2, 3]", None]}),
        (KINDS, {"window": [7, 3], "x": [[2], [1]], "y": [[0], [4]]}, {"x": [[2], [1]], "y": [[0], [4]]}),
        (SETTINGS, {"window": [7, 3], "sped": [1.0, 2.0]}, {"sped": [1.0, 2.0]}),
    ],
)
def test_columns_of_series_become_rows(settings, sent, expected):
    """Also those that are misspelt: each row is told so."""
    assert gather_request(sent, settings).to_dict("list") == {"window": ["7", "3"], **expected}


def test_values_that_are_missing_throughout_are_missing_series():
    expected = [{"window": "1", "speed": None}]
    for cells in ([None, None], [np.nan, np.nan]):
        frame = pd.DataFrame({"window": [1, 1], "speed": cells})
        assert gather_request(frame, SETTINGS).to_dict("records") == expected
        assert gather_request(frame.to_dict("records"), SETTINGS).to_dict("records") == expected


def test_what_means_unknown_in_training_does_so_here():
    sent = [{"window": 7, "speed": 0.5}, {"window": 7, "speed": -999}, {"window": 7, "speed": "off"}]
    [series] = gather_request(sent, SETTINGS, ["-999", "off"])["speed"]
    assert series == pytest.approx((0.5, np.nan, np.nan), nan_ok=True)


def test_what_can_not_be_gathered_is_refused():
    with pytest.raises(InputDataError, match=r"can't be gathered .* no column 'at'"):
        gather_request({"window": [1], "speed": [1.0]}, TimeSeriesConfig(id="window", values="speed", sort="at"))
    with pytest.raises(InputDataError, match="has 1 values"):
        gather_request({"window": [1, 2], "speed": [1.0]}, SETTINGS)
