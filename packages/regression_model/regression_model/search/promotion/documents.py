"""Steps and models as a person would write them: what was said of them, without what goes without saying."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

_KINDS = ("step", "family")
_MANY = 4
_FIRST = (*_KINDS, "name", "weight", "columns")


def describe(section: BaseModel) -> dict[str, Any]:
    """Return a part of a configuration as plain data.

    Fields that nobody has set are left out, and those that are None, which is what a missing key means. Where every
    one of many fields is set, it was no person who did so: then those that have their default are left out, too.

    Parameters
    ----------
    section : BaseModel
        A step, a family or a member of an ensemble.

    Returns
    -------
    dict
        What kind it is first, then names and weights, then all else in the order of its fields.
    """
    said = {}
    fields = type(section).model_fields
    complete = len(fields) >= _MANY and section.model_fields_set == set(fields)
    for name, field in fields.items():
        value = getattr(section, name)
        goes_without_saying = value is None or (complete and value == field.default)
        if name in _KINDS or (name in section.model_fields_set and not goes_without_saying):
            said[field.alias or name] = _describe_value(value)
    return {name: said[name] for name in sorted(said, key=_find_place)}  # sorting keeps the order of equals


def _find_place(name: str) -> int:
    return _FIRST.index(name) if name in _FIRST else len(_FIRST)


def _describe_value(value: object) -> object:
    if isinstance(value, BaseModel):
        return describe(value)
    if isinstance(value, list | tuple):
        return [_describe_value(item) for item in value]
    if isinstance(value, dict):
        return {name: _describe_value(item) for name, item in value.items()}
    return value
