"""Describes a row in OpenAPI (JSON Schema 2020-12), feature by feature, from the model's own schema.

It documents. Rows are checked by the model package, which is more generous in one way: a number may come as text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from regression_model import Feature, Schema

_TYPES = {
    "number": "number",
    "integer": "integer",
    "boolean": "boolean",
    "category": "string",
    "datetime": "string",
    "series": "array",
}
_MAX_EXAMPLES = 8


def describe_row(schema: Schema, example: dict[str, Any]) -> dict[str, Any]:
    """Describe a row of a model.

    Parameters
    ----------
    schema : Schema
        That of the model.
    example : dict
        A row that can be predicted.

    Returns
    -------
    dict
        A JSON Schema. Limits in it are enforced; what was merely seen in training is told in the descriptions.
    """
    return {
        "type": "object",
        "description": (
            "One row: a value for each feature of the model. Null is allowed where the type says so. Other keys are "
            "ignored, so that a row of the training table can be sent as it is."
        ),
        "properties": {feature.name: _describe_feature(feature) for feature in schema},
        "required": schema.names,
        "examples": [example],
    }


def _describe_feature(feature: Feature) -> dict[str, Any]:
    kind = _TYPES[feature.dtype]
    described: dict[str, Any] = {"type": [kind, "null"] if feature.nullable else kind}
    if feature.exclusive_minimum is not None:
        described["exclusiveMinimum"] = feature.exclusive_minimum
    if feature.dtype == "category" and feature.categories is not None:
        described |= _describe_categories(feature, list(feature.categories))
    if feature.dtype == "datetime":
        described["format"] = "date-time"
    if feature.dtype == "series":
        described |= {"items": {"type": ["number", "null"]}, "minItems": 1, "maxItems": feature.max_length}
    if "enum" not in described and feature.typical is not None:
        described.setdefault("examples", [feature.typical])
    sentences = [feature.description.rstrip(". "), _describe_seen(feature)]
    description = ". ".join(sentence for sentence in sentences if sentence)
    if description:
        described["description"] = f"{description}."
    return described


def _describe_categories(feature: Feature, categories: list[str]) -> dict[str, Any]:
    if feature.on_unseen == "reject":
        return {"enum": [*categories, None] if feature.nullable else categories}
    known: dict[str, Any] = {"examples": categories[:_MAX_EXAMPLES]}
    # Empty text means a missing value.
    return known if feature.nullable else {"minLength": 1, **known}


def _describe_seen(feature: Feature) -> str:
    if feature.dtype == "category" and feature.categories:
        names = list(feature.categories)
        more = f" and {len(names) - _MAX_EXAMPLES} more" if len(names) > _MAX_EXAMPLES else ""
        seen = f"Seen in training: {', '.join(names[:_MAX_EXAMPLES])}{more}"
        return seen if feature.on_unseen == "reject" else f"{seen}; another category counts as unseen"
    if feature.dtype == "boolean" or feature.minimum is None:
        return ""
    return f"Seen in training: {_show(feature.minimum)} to {_show(feature.maximum)}"


def _show(value: float | str | None) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)
