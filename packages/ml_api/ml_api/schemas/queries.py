"""Parameters in the query of a URL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields

from ml_api.errors import ParameterError


class PredictionQuery(Schema):
    """What can be asked of a prediction besides the rows."""

    explain = fields.Boolean(
        load_default=False,
        truthy={"true", "1"},
        falsy={"false", "0"},
        metadata={"description": "Whether to add what each feature contributed to each prediction."},
    )


def read_query(schema: Schema, arguments: Mapping[str, str]) -> dict[str, Any]:
    """Read the parameters of a query.

    Parameters
    ----------
    schema : Schema
    arguments : mapping of str to str
        As they came.

    Raises
    ------
    ParameterError
        If one is unknown, or has a value that it can't have.
    """
    try:
        query: dict[str, Any] = schema.load(arguments)
    except ValidationError as error:
        names = ", ".join(repr(str(name)[:80]) for name in error.messages)
        raise ParameterError(
            f"The query can't be used: see {names}. Known are {', '.join(schema.fields)}.",
            details={"fields": {str(name)[:80]: messages for name, messages in list(error.messages_dict.items())[:20]}},
        ) from None
    return query
