from __future__ import annotations

import pandas as pd
import pytest

from regression_model.config.time_series import TimeSeriesConfig
from regression_model.errors import InputDataError
from regression_model.processing.time_series.requests import gather_request

SETTINGS = TimeSeriesConfig(id="window", values="speed")
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
        pd.DataFrame({"window": [7], "speed": [(0.5,)]}),
        [],
        "text",
        None,
    ],
)
def test_rows_of_series_are_left_alone(sent):
    assert gather_request(sent, SETTINGS) is None


def test_what_can_not_be_gathered_is_refused():
    with pytest.raises(InputDataError, match=r"can't be gathered .* no column 'speed'"):
        gather_request({"window": [1], "sped": [1.0]}, SETTINGS)
    with pytest.raises(InputDataError, match="has 1 values"):
        gather_request({"window": [1, 2], "speed": [1.0]}, SETTINGS)
