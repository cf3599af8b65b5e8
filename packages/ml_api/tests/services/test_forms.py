from __future__ import annotations

import pytest

from ml_api.services.forms import build_fields, find_outside, group_fields, read_row
from regression_model import Feature, Schema, validate_inputs

SCHEMA = Schema(
    (
        Feature("Where", "category", nullable=False, categories={"b": 0.7, "a": 0.3}, typical="b"),
        Feature("Area", "number", nullable=False, minimum=1300.0, maximum=215245.0, typical=9452.0, description="m²"),
        Feature("Built", "integer", nullable=True, minimum=1875.0, maximum=2010.0, typical=1974),
        Feature("Change", "number", nullable=False, minimum=-1.5, maximum=1.0, typical=0.1),
        Feature("Air", "boolean", nullable=True, minimum=0.0, maximum=1.0, typical=True, missing_fraction=0.9),
        Feature("Day", "datetime", False, "2024-01-01T00:00:00", "2024-02-01T00:00:00", typical="2024-01-05T00:00:00"),
        Feature(
            "Hour", "datetime", False, "2024-01-01T00:00:00", "2024-02-01T09:00:00", typical="2024-01-05T01:02:03.5"
        ),
        Feature("Nothing", "number", nullable=True),
    )
)
FIELDS = {field.name: field for field in build_fields(SCHEMA)}


def test_there_is_one_field_for_each_feature_numbered_in_order():
    fields = build_fields(SCHEMA)
    assert [field.name for field in fields] == SCHEMA.names
    assert [field.id for field in fields] == [f"f-{index}" for index in range(len(SCHEMA))]
    assert [field.required for field in fields] == [not feature.nullable for feature in SCHEMA]


def test_groups_hold_every_field_once_in_the_order_of_the_schema():
    groups = group_fields(build_fields(SCHEMA))
    assert [(group.title, [field.name for field in group.fields]) for group in groups] == [
        ("Numbers", ["Area", "Change", "Nothing"]),
        ("Whole numbers", ["Built"]),
        ("Yes or no", ["Air"]),
        ("Choices", ["Where"]),
        ("Dates and times", ["Day", "Hour"]),
    ]


@pytest.mark.parametrize(
    ("name", "control", "typical", "hint", "keyboard"),
    [
        ("Where", "select", "b", "b in 70%", "text"),
        ("Area", "text", "9452", "1300 to 215,245", "decimal"),
        ("Built", "text", "1974", "1875 to 2010", "numeric"),
        ("Change", "text", "0.1", "-1.5 to 1", "text"),
        ("Air", "select", "", "", "text"),
        ("Day", "date", "2024-01-05", "2024-01-01 to 2024-02-01", "text"),
        ("Hour", "datetime", "2024-01-05T01:02:03", "2024-01-01 to 2024-02-01", "text"),
        ("Nothing", "text", "", "", "text"),
    ],
)
def test_a_field_is_drawn_from_its_feature(name, control, typical, hint, keyboard):
    field = FIELDS[name]
    assert (field.control, field.typical, field.hint, field.keyboard) == (control, typical, hint, keyboard)


def test_lists_have_the_most_frequent_first_and_unknown_last_where_it_may_be():
    assert [option.value for option in FIELDS["Where"].options] == ["b", "a"]
    assert [(option.value, option.label) for option in FIELDS["Air"].options] == [
        ("true", "Yes"),
        ("false", "No"),
        ("", "Unknown"),
    ]


def test_a_very_long_list_becomes_suggestions():
    feature = Feature("Code", "category", nullable=False, categories={str(code): 0.001 for code in range(1000)})
    [field] = build_fields(Schema((feature,)))
    assert field.control == "suggest"


def test_a_typical_row_is_one_that_the_model_takes():
    row = read_row(build_fields(SCHEMA), {field.id: field.typical for field in FIELDS.values()})
    assert row == {
        "Where": "b",
        "Area": 9452,
        "Built": 1974,
        "Change": 0.1,
        "Air": None,
        "Day": "2024-01-05",
        "Hour": "2024-01-05T01:02:03",
        "Nothing": None,
    }
    assert validate_inputs(input_data=row, schema=SCHEMA).errors == {}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("Area", " 12.50 ", 12.5),
        ("Area", "-3", -3),
        ("Area", "1e3", 1000.0),
        ("Area", "", None),
        ("Area", "  ", None),
        ("Area", "1e999", "1e999"),
        ("Area", "9" * 5000, "9" * 5000),
        ("Area", "1,5", "1,5"),
        ("Area", "\uff11", "\uff11"),
        ("Area", "nan", "nan"),
        ("Air", "true", True),
        ("Air", "false", False),
        ("Air", "", None),
        ("Air", "perhaps", "perhaps"),
        ("Where", " b", " b"),
        ("Where", "new", "new"),
        ("Where", "", None),
    ],
)
def test_text_becomes_what_a_client_would_send_or_stays_text(name, text, value):
    row = read_row(build_fields(SCHEMA), {FIELDS[name].id: text})
    assert row == {name: value}
    assert type(row[name]) is type(value)


def test_a_field_that_was_not_sent_is_not_in_the_row():
    assert read_row(build_fields(SCHEMA), {"model": "x", "csrf_token": "y", "f-99": "z"}) == {}


def test_line_breaks_of_a_category_survive_the_browser():
    feature = Feature("Text", "category", nullable=False, categories={"a\nb": 0.6, "a\rb": 0.4})
    fields = build_fields(Schema((feature,)))
    assert read_row(fields, {"f-0": "a\r\nb"}) == {"Text": "a\nb"}
    assert read_row(fields, {"f-0": "other\r\ntext"}) == {"Text": "other\r\ntext"}


@pytest.mark.parametrize(
    ("name", "value", "is_outside"),
    [
        ("Area", 1300, False),
        ("Area", 215245.0, False),
        ("Area", 1299.9, True),
        ("Area", 10**9, True),
        ("Built", None, False),
        ("Built", 2011, True),
        ("Air", True, False),
        ("Where", "a", False),
        ("Where", "elsewhere", True),
        ("Where", None, False),
        ("Day", "2030-01-01", False),
    ],
)
def test_values_unlike_those_of_the_training_are_told(name, value, is_outside):
    assert find_outside(SCHEMA, {name: value}) == ([name] if is_outside else [])
