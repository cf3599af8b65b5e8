from __future__ import annotations

import json

import pytest

from regression_model.schema import Feature, Schema

ZONE = Feature("Zone", "category", nullable=True, categories={"z": 0.6, "a": 0.2, "b": 0.2})
AREA = Feature("Area", "number", nullable=True, deciles=(1.0, 2.0))
SCHEMA = Schema((AREA, ZONE, Feature("Sold", "datetime", nullable=True)), ("?",), ("Price",))


def test_schema_survives_json():
    """Also the order of the categories, although the manifest sorts its keys."""
    found = Schema.from_json(json.loads(json.dumps(SCHEMA.to_json(), sort_keys=True)))

    assert found == SCHEMA
    assert list(found["Zone"].categories) == ["z", "a", "b"]


def test_features_are_found_by_name():
    assert SCHEMA.names == ["Area", "Zone", "Sold"]
    assert SCHEMA["Zone"] is ZONE
    with pytest.raises(KeyError, match="Street"):
        SCHEMA["Street"]


def test_what_is_not_kept_is_ignored():
    kept = SCHEMA.keep({"Sold", "Area"})

    assert kept.names == ["Area", "Sold"]
    assert kept.ignored == ("Price", "Zone")
    assert kept.missing_values == SCHEMA.missing_values
