"""The prediction form: drawn from the model's schema, and read back as a row."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ml_api.services.number_text import format_number, write_number

if TYPE_CHECKING:
    from regression_model import Feature, Schema

Control = Literal["text", "select", "suggest", "date", "datetime"]
JsonValue = str | int | float | bool | None

# In the order in which they are shown.
GROUPS: Mapping[str, str] = {
    "number": "Numbers",
    "integer": "Whole numbers",
    "boolean": "Yes or no",
    "category": "Choices",
    "datetime": "Dates and times",
    "series": "Series of measurements",
}
_MOST_OPTIONS = 250  # a longer list is no list to choose from
_MOSTLY_MISSING = 0.5
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,15}", re.ASCII)


@dataclass(frozen=True)
class Option:
    """One choice of a list.

    Attributes
    ----------
    value : str
        What the form sends; empty for "unknown".
    label : str
    """

    value: str
    label: str


@dataclass(frozen=True)
class FormField:
    """One field of the form.

    Attributes
    ----------
    id : str
        Its name in the form and its id in the page, whatever the feature is called: ``f-0``, ``f-1``, and so on.
    name : str
        Name of the feature.
    dtype : str
        Type of the feature.
    control : {"text", "select", "suggest", "date", "datetime"}
    description : str
        What the feature is; may be empty.
    hint : str
        What was seen in training; may be empty.
    required : bool
        Whether it can't be left empty.
    keyboard : {"decimal", "numeric", "text"}
        Which keys a phone shows. A phone's number pad may lack the minus.
    options : tuple of Option
        For ``select`` and ``suggest``.
    typical : str
        What the field holds at first.
    """

    id: str
    name: str
    dtype: str
    control: Control
    description: str
    hint: str
    required: bool
    keyboard: str
    options: tuple[Option, ...]
    typical: str


@dataclass(frozen=True)
class FieldGroup:
    """Fields of one type, under one heading."""

    title: str
    fields: tuple[FormField, ...]


def build_fields(schema: Schema) -> tuple[FormField, ...]:
    """Build the fields of the form, one for each feature and in the order of the schema.

    Parameters
    ----------
    schema : Schema
    """
    return tuple(_build_field(index, feature) for index, feature in enumerate(schema))


def group_fields(fields: tuple[FormField, ...]) -> tuple[FieldGroup, ...]:
    """Group fields by type; in a group they keep their order."""
    groups = (
        FieldGroup(title, tuple(field for field in fields if field.dtype == dtype)) for dtype, title in GROUPS.items()
    )
    return tuple(group for group in groups if group.fields)


def read_row(fields: tuple[FormField, ...], posted: Mapping[str, str]) -> dict[str, JsonValue]:
    """Turn what a form sent into a row as a client of the API would send it.

    Nothing is refused here: what can't be a value stays text, and the model says what is wrong with it. A field
    that was not sent is not in the row.

    Parameters
    ----------
    fields : tuple of FormField
    posted : mapping of str to str
        By the fields' ids.

    Returns
    -------
    dict
        By the features' names; null where a field was left empty.
    """
    return {field.name: _read_value(field, posted[field.id]) for field in fields if field.id in posted}


def find_outside(schema: Schema, row: Mapping[str, JsonValue]) -> list[str]:
    """Name the features whose value lies outside of what was seen in training: it is allowed, but a guess.

    Parameters
    ----------
    schema : Schema
    row : mapping
        A row that was predicted.
    """
    return [feature.name for feature in schema if _is_outside(feature, row.get(feature.name))]


def _is_outside(feature: Feature, value: JsonValue) -> bool:
    if isinstance(value, str):
        return feature.categories is not None and value not in feature.categories
    if isinstance(value, bool) or value is None or not isinstance(feature.minimum, int | float):
        return False
    return not feature.minimum <= value <= float(feature.maximum or 0)


def _read_value(field: FormField, text: str) -> JsonValue:
    if field.dtype == "category":
        return _find_category(field, text) or None
    text = text.strip()
    if not text:
        return None
    if field.dtype == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if field.dtype in ("number", "integer"):
        return _read_number(text)
    return text


def _read_number(text: str) -> JsonValue:
    """Read what JSON can say as a number; other text is the model's to refuse."""
    if _INTEGER.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) else text
    return text


def _find_category(field: FormField, text: str) -> str:
    """Undo what browsers do to the line breaks of a value."""
    if "\r\n" in text:
        for option in field.options:
            if option.value.replace("\r\n", "\n").replace("\r", "\n") == text.replace("\r\n", "\n"):
                return option.value
    return text


def _build_field(index: int, feature: Feature) -> FormField:
    return FormField(
        id=f"f-{index}",
        name=feature.name,
        dtype=feature.dtype,
        control=_choose_control(feature),
        description=feature.description,
        hint=_describe_seen(feature),
        required=not feature.nullable,
        keyboard=_choose_keyboard(feature),
        options=_list_options(feature),
        typical=_write_typical(feature),
    )


def _choose_control(feature: Feature) -> Control:
    if feature.dtype == "boolean":
        return "select"
    if feature.dtype == "category":
        return "select" if len(feature.categories or ()) <= _MOST_OPTIONS else "suggest"
    if feature.dtype == "datetime":
        seen = (feature.minimum, feature.maximum, feature.typical)
        return "date" if all(str(moment).endswith("T00:00:00") for moment in seen) else "datetime"
    return "text"


def _choose_keyboard(feature: Feature) -> str:
    if feature.dtype not in ("number", "integer") or not isinstance(feature.minimum, int | float):
        return "text"
    if feature.minimum < 0:
        return "text"
    return "numeric" if feature.dtype == "integer" else "decimal"


def _list_options(feature: Feature) -> tuple[Option, ...]:
    if feature.dtype == "boolean":
        known: tuple[Option, ...] = (Option("true", "Yes"), Option("false", "No"))
    elif feature.dtype == "category":
        known = tuple(Option(category, category) for category in feature.categories or ())
    else:
        return ()
    if feature.nullable or feature.typical is None:
        return (*known, Option("", "Unknown"))
    return known


def _write_typical(feature: Feature) -> str:
    """Write the value that a field begins with: empty if most rows of the training table have none."""
    value = feature.typical
    if value is None or (feature.nullable and feature.missing_fraction > _MOSTLY_MISSING):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return write_number(value)
    if feature.dtype == "datetime":
        # Browsers take seconds, and no more.
        return value[: len("2024-05-31")] if _choose_control(feature) == "date" else value[: len("2024-05-31T12:00:00")]
    return value


def _describe_seen(feature: Feature) -> str:
    if feature.dtype in ("number", "integer", "series") and isinstance(feature.minimum, int | float):
        return f"{format_number(feature.minimum)} to {format_number(float(feature.maximum or 0))}"
    if feature.dtype == "datetime" and feature.minimum and feature.maximum:
        return f"{str(feature.minimum)[:10]} to {str(feature.maximum)[:10]}"
    if feature.dtype == "category" and feature.categories:
        name, share = next(iter(feature.categories.items()))
        return f"{name} in {share:.0%}" if len(name) <= 24 else f"most frequent in {share:.0%}"
    return ""
