"""Documents how the routes can fail, in words that do not depend on the version of Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_smorest import Blueprint

from ml_api.schemas import ErrorAnswer

View = Callable[..., Any]

# What middleware may answer instead of any route, before it is reached or when it fails.
ALWAYS = (400, 500)
# The same for a route that needs a key, whose requests are counted.
GUARDED = (*ALWAYS, 401, 403, 429)

DESCRIPTIONS: Mapping[int, str] = {
    400: "The request is broken, or its body can't be read.",
    401: "There is no key, or it is not valid.",
    403: "The key does not allow this.",
    406: "None of the media types under `Accept` can be answered.",
    413: "The body has too many bytes, rows, columns or characters.",
    415: "The body is of a type, or compressed in a way, that is not taken.",
    422: "The request can be read, but not one row of it can be predicted, or a parameter is wrong.",
    429: "Too many requests; `Retry-After` says when to try again.",
    500: "The server failed. Its log says why, under the request id.",
    503: "The model is not loaded, the request took too long, or what it asks for is off or busy.",
}


def fails_with(blueprint: Blueprint, *statuses: int) -> Callable[[View], View]:
    """Document the statuses that a route can answer with besides success; all of them have the one shape.

    Parameters
    ----------
    blueprint : Blueprint
        That of the route.
    statuses : int
        Keys of `DESCRIPTIONS`.
    """

    def decorate(view: View) -> View:
        for status in sorted(statuses, reverse=True):  # decorators document from the inside out
            view = blueprint.alt_response(status, schema=ErrorAnswer, description=DESCRIPTIONS[status])(view)
        return view

    return decorate


def document_only(*decorators: Callable[[View], View]) -> Callable[[View], View]:
    """Document a route as decorators of flask-smorest would, and leave out what they do at each request.

    For a route that builds its own responses. The first of the decorators is the outermost one.
    """

    def decorate(view: View) -> View:
        documented = view
        for decorator in reversed(decorators):
            documented = decorator(documented)
        view._apidoc = documented._apidoc  # type: ignore[attr-defined]
        return view

    return decorate


_ROW: dict[str, Any] = {"$ref": "#/components/schemas/Row"}
_ROWS: dict[str, Any] = {"type": "array", "items": _ROW, "minItems": 1}

_LINES = (
    "One line per row, in order: `row` (its number, from 0), `prediction`, for a classification `probabilities`, and "
    "`errors` where the row was refused. An `error` in between tells why the stream ended early. The last line has "
    "`summary`: `rows`, `predicted`, `rejected`, `complete`, `version`, `prediction_id`, `request_id`, `classes`."
)
_TABLE = (
    "The columns `row` (from 0), `prediction`, for a classification `probability_<class>`, and `errors`, empty or a "
    "list in JSON. The header `X-Prediction-ID` has the prediction id."
)

PREDICTION: Mapping[str, Any] = {
    "parameters": [
        {
            "in": "query",
            "name": "explain",
            "schema": {"type": "boolean", "default": False},
            "description": (
                "Adds `explanations`: what each feature contributed to each prediction. Not for streams nor tables."
            ),
        }
    ],
    "requestBody": {
        "required": True,
        "description": (
            "One row, a list of rows, or a list under `inputs` or `data`; a table with a header line; or a stream "
            "with a row per line, which may be as long as you like and is answered by a stream."
        ),
        "content": {
            "application/json": {
                "schema": {
                    "anyOf": [
                        _ROW,
                        _ROWS,
                        *(
                            {
                                "type": "object",
                                "properties": {key: _ROWS},
                                "required": [key],
                                "additionalProperties": False,
                            }
                            for key in ("inputs", "data")
                        ),
                    ]
                }
            },
            "text/csv": {"schema": {"type": "string"}},
            "application/x-ndjson": {"schema": {"type": "string"}},
        },
    },
    "responses": {
        200: {
            "content": {
                "text/csv": {"schema": {"type": "string", "description": _TABLE}},
                "application/x-ndjson": {"schema": {"type": "string", "description": _LINES}},
            }
        }
    },
}
"""What the routes of predictions can't say by themselves; examples come from the model (`ml_api.app.openapi`)."""
