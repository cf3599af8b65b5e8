from __future__ import annotations

from ml_api.schemas import describe_row
from regression_model import Feature, Schema
from regression_model.schema.series import MAX_SERIES_LENGTH


def _describe(**options):
    feature = Feature(**{"name": "x", "dtype": "number", "nullable": False, **options})
    return describe_row(Schema((feature,)), {"x": 1})["properties"]["x"]


def test_a_feature_of_which_nothing_is_known_has_its_type():
    assert _describe() == {"type": "number"}
    assert _describe(dtype="boolean", nullable=True) == {"type": ["boolean", "null"]}


def test_what_was_seen_is_told_and_what_is_enforced_is_a_rule():
    described = _describe(minimum=1.5, maximum=1e7, exclusive_minimum=0.0, typical=2.0, description="Area in m².")
    assert described == {
        "type": "number",
        "exclusiveMinimum": 0.0,
        "examples": [2.0],
        "description": "Area in m². Seen in training: 1.5 to 10000000.",
    }


def test_categories_are_a_rule_only_where_others_are_refused():
    categories = {f"c{number}": 0.1 for number in range(10)}
    refusing = _describe(dtype="category", categories=categories, on_unseen="reject", nullable=True)
    assert refusing["enum"] == [*categories, None]
    assert refusing["type"] == ["string", "null"]
    taking = _describe(dtype="category", categories=categories)
    assert "enum" not in taking
    assert taking["examples"] == list(categories)[:8]
    assert taking["description"].endswith("c7 and 2 more; another category counts as unseen.")


def test_a_moment_has_its_format():
    described = _describe(dtype="datetime", minimum="2020-01-01T00:00:00", maximum="2021-01-01T00:00:00")
    assert described["type"] == "string"
    assert described["format"] == "date-time"
    assert described["description"] == "Seen in training: 2020-01-01T00:00:00 to 2021-01-01T00:00:00."


def test_the_example_is_in_it():
    row = describe_row(Schema((Feature("x", "number", nullable=False),)), {"x": 1})
    assert row["examples"] == [{"x": 1}]
    assert row["required"] == ["x"]


def test_a_series_is_a_list_of_numbers():
    described = _describe(dtype="series", minimum=-1.5, maximum=2.0)
    assert described == {
        "type": "array",
        "items": {"type": ["number", "null"]},
        "minItems": 1,
        "maxItems": MAX_SERIES_LENGTH,
        "description": "Seen in training: -1.5 to 2.",
    }
