"""Whether the parts of a manifest are of the shapes that a model is loaded by.

A digest says that a manifest is whole, not that what it says makes sense: anybody can compute one.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import Any, get_args

from regression_model.errors import ArtifactIntegrityError
from regression_model.schema import Dtype, Feature

_Check = Callable[[Any], bool]


def check_content(content: Mapping[str, Any]) -> None:
    """Check the parts that are read to load a model and to predict with it.

    Parameters
    ----------
    content : mapping
        Of a manifest.

    Raises
    ------
    ArtifactIntegrityError
        If one is of another shape than it has to be; the message names it.
    """
    for key in ("pipeline_name", "model_version"):
        _require(isinstance(content[key], str), key)
    _require(content["task"] in ("regression", "classification"), "task")
    _require(content["classes"] is None or _is_list_of(content["classes"], _is_text), "classes")
    libraries = content["libraries"]
    _require(isinstance(libraries, dict) and isinstance(libraries.get("scikit-learn"), str), "libraries")
    _check_schema(content["schema"])
    _check_golden_rows(content["golden_rows"])


def _check_schema(schema: object) -> None:
    if not isinstance(schema, dict) or not _is_list_of(schema.get("features"), _is_object):
        raise _refusal("schema")
    for key in ("missing_values", "ignored"):
        _require(_is_list_of(schema.get(key), _is_text), f"schema.{key}")
    for number, feature in enumerate(schema["features"]):
        _check_feature(feature, f"schema.features.{number}")
    names = [feature["name"] for feature in schema["features"]]
    _require(0 < len(names) == len(set(names)), "schema.features")


def _check_feature(feature: Mapping[str, Any], place: str) -> None:
    _require({*feature, "longest"} == _FEATURE.keys(), place)
    for key, is_right in _FEATURE.items():
        _require(is_right(feature.get(key)), f"{place}.{key}")
    # Rules that only some types can be held to.
    _require(feature["exclusive_minimum"] is None or feature["dtype"] in ("number", "integer", "boolean"), place)
    _require(feature.get("longest") is None or feature["dtype"] == "series", f"{place}.longest")
    refuses = feature["on_unseen"] == "reject" and feature["categories"] is not None
    _require(not refuses or feature["dtype"] == "category", place)


def _check_golden_rows(golden: object) -> None:
    if not isinstance(golden, dict) or not _is_list_of(golden.get("rows"), _is_object) or not golden["rows"]:
        raise _refusal("golden_rows")
    predictions, shares = golden.get("predictions"), golden.get("probabilities")
    _require(_is_list_of(predictions, _is_text) or _is_list_of(predictions, _is_number), "golden_rows.predictions")
    is_right = shares is None or _is_list_of(shares, lambda row: _is_list_of(row, _is_number))
    _require(is_right and "probabilities" in golden, "golden_rows.probabilities")
    # Labels are told apart from numbers by their probabilities.
    _require(shares is not None or _is_list_of(predictions, _is_number), "golden_rows.predictions")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and _is_finite(value)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number that no float holds
        return False


def _is_list_of(value: object, is_right: _Check) -> bool:
    return isinstance(value, list) and all(map(is_right, value))


def _or_none(is_right: _Check) -> _Check:
    return lambda value: value is None or is_right(value)


def _is_scalar(value: object) -> bool:
    return value is None or isinstance(value, str | bool) or _is_number(value)


_FEATURE: dict[str, _Check] = {
    "name": _is_text,
    "dtype": lambda value: value in get_args(Dtype),
    "nullable": lambda value: isinstance(value, bool),
    "minimum": _is_scalar,
    "maximum": _is_scalar,
    "exclusive_minimum": _or_none(_is_number),
    "categories": _or_none(lambda value: isinstance(value, dict) and all(map(_is_number, value.values()))),
    "on_unseen": lambda value: value in ("other", "reject"),
    "description": _is_text,
    "typical": _is_scalar,
    "missing_fraction": _is_number,
    "deciles": _or_none(lambda value: _is_list_of(value, _is_number)),
    "longest": _or_none(_is_count),  # only series have it, and not those of older models
}
assert _FEATURE.keys() == {field.name for field in dataclasses.fields(Feature)}


def _require(holds: object, place: str) -> None:
    if not holds:
        raise _refusal(place)


def _refusal(place: str) -> ArtifactIntegrityError:
    return ArtifactIntegrityError(
        f"the manifest's {place} is not of the shape that it has to be; train the model again"
    )
