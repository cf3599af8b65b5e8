from __future__ import annotations

import pytest

from ml_api.services.redaction import REDACTED, Redactor


def test_without_names_rows_pass_untouched():
    rows = [{"a": 1}]
    assert not Redactor().active
    assert Redactor().redact_rows(rows) is rows


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"Income": 5, "Age": 30}, {"Income": REDACTED, "Age": 30}),
        ({"Incmoe": 5, "income ": 5}, {"Incmoe": REDACTED, "income ": REDACTED}),
        ({"Age": {"Income": 5}}, {"Age": REDACTED}),
        ({"Age": [5]}, {"Age": REDACTED}),
        ({"Age": None}, {"Age": None}),
        ([5, 30], REDACTED),
        ("5;30", REDACTED),
        (None, None),
    ],
)
def test_only_what_is_surely_something_else_is_let_through(row, expected):
    redactor = Redactor(["Income"])
    redactor.learn_features(["Income", "Age"])
    assert redactor.redact_rows([row]) == [expected]


def test_the_setting_may_differ_in_case_and_outer_blanks():
    redactor = Redactor([" INCOME"])
    redactor.learn_features(["Income", "Age"])
    assert redactor.hides("Income")
    assert redactor.redact_rows([{"Income": 5, "Age": 30}]) == [{"Income": REDACTED, "Age": 30}]


def test_before_the_features_are_known_everything_is_hidden():
    assert Redactor(["Income"]).redact_rows([{"Age": 30}]) == [{"Age": REDACTED}]


def test_a_name_that_is_no_feature_is_told(caplog):
    Redactor(["Income", "Salary"]).learn_features(["Income", "Age"])
    [record] = caplog.records
    assert record.fields == {"names": ["salary"]}
