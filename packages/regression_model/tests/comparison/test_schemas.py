from __future__ import annotations

import pytest

from regression_model.comparison.schemas import find_schema_changes
from regression_model.schema import Feature, Schema

AREA = Feature("area", "number", nullable=False, minimum=1.0, maximum=9.0)
CITY = Feature("city", "category", nullable=True, categories={"Rome": 0.5, "Oslo": 0.5})


def change(old, new):
    """Return what changed from one feature to the other, and whether it may break."""
    found = find_schema_changes(Schema((old,)).to_json(), Schema((new,)).to_json())
    return [(one.change, one.breaking) for one in found]


def replaced(feature, **changes):
    from dataclasses import replace

    return replace(feature, **changes)


def test_a_schema_is_what_it_is():
    schema = Schema((AREA, CITY)).to_json()
    assert find_schema_changes(schema, schema) == ()


def test_what_describes_the_training_data_is_no_change():
    assert change(AREA, replaced(AREA, maximum=99.0, description="in m2", missing_fraction=0.5)) == []
    assert change(CITY, replaced(CITY, categories={"Rome": 1.0})) == []


def test_a_series_that_may_be_less_long_breaks():
    short, long = (Feature("wave", "series", nullable=False, longest=length) for length in (50, 60))
    assert change(short, short) == []
    assert change(short, long) == [("at most 240 measurements, before 200", False)]
    assert change(replaced(short, longest=None), short) == [("at most 200 measurements, before 10,000", True)]


def test_added_features_break_and_removed_ones_do_not():
    found = find_schema_changes(Schema((AREA,)).to_json(), Schema((CITY,)).to_json())
    assert [(one.feature, one.breaking) for one in found] == [("area", False), ("city", True)]
    assert found[0].change.startswith("removed")
    assert found[1].to_json() == {"feature": "city", "change": "added: each request has to hold it", "breaking": True}


@pytest.mark.parametrize(
    ("old", "new", "breaking"),
    [
        (AREA, replaced(AREA, dtype="integer"), True),
        (AREA, replaced(AREA, nullable=True), False),
        (CITY, replaced(CITY, nullable=False), True),
        (AREA, replaced(AREA, exclusive_minimum=0.0), True),
        (replaced(AREA, exclusive_minimum=0.0), AREA, False),
        (replaced(AREA, exclusive_minimum=0.0), replaced(AREA, exclusive_minimum=-1.0), False),
        (CITY, replaced(CITY, on_unseen="reject"), True),
        (replaced(CITY, on_unseen="reject"), CITY, False),
    ],
)
def test_a_stricter_rule_breaks_and_a_looser_one_does_not(old, new, breaking):
    found = change(old, new)
    assert [one[1] for one in found] == [breaking], found


def test_categories_that_are_refused_now_are_named():
    strict = replaced(CITY, on_unseen="reject")
    assert change(strict, replaced(strict, categories={"Rome": 1.0})) == [
        ("refuses 1 categories that it took: 'Oslo'", True)
    ]
    assert change(strict, replaced(strict, categories={"Rome": 0.4, "Oslo": 0.4, "Bonn": 0.2})) == []


def test_an_old_manifest_may_lack_what_came_later():
    old = {"features": [{"name": "area", "dtype": "number", "nullable": False}]}
    assert find_schema_changes(old, Schema((AREA,)).to_json()) == ()
