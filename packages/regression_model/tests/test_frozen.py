from __future__ import annotations

import pytest
from pydantic import Field, ValidationError

from regression_model.frozen import Frozen


class Oven(Frozen):
    degrees: float = Field(default=180.0, gt=0)
    fan_level: int = Field(default=1, alias="fan")


def test_values_are_read_from_text():
    assert Oven.model_validate({"degrees": "200", "fan": "2"}) == Oven(degrees=200.0, fan=2)


def test_nothing_can_be_changed():
    oven = Oven()
    with pytest.raises(ValidationError, match="frozen"):
        oven.degrees = 20.0
    assert oven.degrees == 180.0


@pytest.mark.parametrize("text", ["nan", "inf", "-inf"])
def test_numbers_are_finite(text):
    with pytest.raises(ValidationError, match=r"finite number|greater than 0"):
        Oven.model_validate({"degrees": text})


def test_an_unknown_key_is_an_error_with_a_suggestion():
    with pytest.raises(
        ValidationError, match=r"unknown key \(did you mean 'degrees'\?\); known are: degrees, fan"
    ) as caught:
        Oven.model_validate({"degres": 200})
    error = caught.value.errors()[0]
    assert error["type"] == "unknown_key"
    assert error["ctx"]["key"] == "degres", "the loader needs it to find the line"


def test_an_unknown_key_that_resembles_nothing_has_no_suggestion():
    with pytest.raises(ValidationError, match="unknown key; known are"):
        Oven.model_validate({"zzz": 1})


def test_an_alias_is_the_only_name_of_a_field():
    with pytest.raises(ValidationError, match=r"unknown key.*known are: degrees, fan"):
        Oven.model_validate({"fan_level": 1})


def test_what_is_no_mapping_is_left_to_pydantic():
    with pytest.raises(ValidationError, match="valid dictionary"):
        Oven.model_validate(["degrees"])
