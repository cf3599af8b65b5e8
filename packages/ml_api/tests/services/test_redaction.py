from __future__ import annotations

import pytest

from ml_api.services.redaction import REDACTED, UNKNOWN_FIELDS, Redactor


def test_without_names_rows_pass_untouched():
    rows = [{"a": 1}]
    assert not Redactor().active
    assert Redactor().redact_rows(rows) is rows


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"Income": 5, "Age": 30}, {"Income": REDACTED, "Age": 30}),
        ({"Incmoe": 5, "income ": 5, "Age": 30}, {"Age": 30, UNKNOWN_FIELDS: 2}),
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
    assert Redactor(["Income"]).redact_rows([{"Age": 30}]) == [{UNKNOWN_FIELDS: 1}]


def test_messages_and_names_of_unknown_fields_are_hidden_too():
    fields = {
        "n_rows": 1,
        "told": "Row 0 has too long a text, at the column 'canary'.",
        "inputs": [{"Age": 30, "canary": 5}],
        "errors": {
            "0": [
                {"field": "Income", "reason": "required", "message": "'canary' was sent", "expected": "a number"},
                {"field": "canary", "reason": "unknown_field", "message": "'canary'", "expected": "canary"},
            ]
        },
    }
    redactor = Redactor(["Income"])
    redactor.learn_features(["Income", "Age"])
    redacted = redactor.redact_fields(fields)
    assert redacted == {
        "n_rows": 1,
        "told": REDACTED,
        "inputs": [{"Age": 30, UNKNOWN_FIELDS: 1}],
        "errors": {"0": [{"field": "Income", "reason": "required"}, {"field": None, "reason": "unknown_field"}]},
    }
    assert Redactor().redact_fields(fields) is fields


def test_a_name_that_is_no_feature_is_told(caplog):
    Redactor(["Income", "Salary"]).learn_features(["Income", "Age"])
    [record] = caplog.records
    assert record.fields == {"names": ["salary"]}
