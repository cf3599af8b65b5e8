from __future__ import annotations

import pandas as pd
import pytest

from regression_model.build_context import BuildContext
from regression_model.errors import ConfigError
from regression_model.steps.adapted.imputers import MissingIndicator
from regression_model.steps.date_parts import DatePartsStep
from regression_model.steps.missing_indicator import MissingIndicatorStep
from regression_model.steps.plan import plan_steps


@pytest.mark.parametrize(
    ("steps", "kinds", "message"),
    [
        (
            [MissingIndicatorStep(columns=("a",))],
            {"a": "number", "a_na": "number"},
            "'missing_indicator' can't add .* the indicator of 'a' would become the column 'a_na', which is there",
        ),
        (
            [MissingIndicatorStep(columns=("a",))] * 2,
            {"a": "number"},
            "the indicator of 'a' would become the column 'a_na'",
        ),
        (
            [DatePartsStep()],
            {"d": "datetime", "d_year": "number"},
            "'date_parts' can't add .* the year of 'd' would become the column 'd_year', which is there already",
        ),
        (
            [DatePartsStep(features_to_extract=("year", "leap_year"))],
            {"d": "datetime", "d_leap": "datetime"},
            "the leap_year of 'd' and the year of 'd_leap' would both become the column 'd_leap_year'",
        ),
    ],
)
def test_a_step_can_not_add_a_name_twice(steps, kinds, message):
    with pytest.raises(ConfigError, match=message) as caught:
        plan_steps(steps, kinds)
    assert caught.value.key == f"preprocessing.{len(steps) - 1}"


def test_indicators_of_columns_that_are_not_known_before_are_checked_in_training():
    context = BuildContext(task="regression", seed=0, wrap_target=lambda model: model, tables={})
    transformer = MissingIndicatorStep().build(("all",), context)
    assert isinstance(transformer, MissingIndicator)
    with pytest.raises(ValueError, match="the indicator of 'a' would become the column 'a_na', which is there"):
        transformer.fit(pd.DataFrame({"a": [1.0, None], "a_na": [1.0, 0.0]}))
