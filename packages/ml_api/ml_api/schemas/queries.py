"""Parameters in the query of a URL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields

from ml_api.errors import ParameterError

# Of the names that a client sent.
_SHOWN = 5
_SHOWN_LENGTH = 40


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
        # The log repeats the message, and what a client calls its parameters is not for the log.
        wrong = [name for name in arguments if name in error.messages]
        raise ParameterError(
            f"The query can't be used. Known are {', '.join(schema.fields)}; the details say which are wrong.",
            details={"fields": [name[:_SHOWN_LENGTH] for name in wrong[:_SHOWN]]},
        ) from None
    return query
