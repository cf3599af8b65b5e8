"""What Schemathesis has to be told about this API; it loads this file by ``SCHEMATHESIS_HOOKS``.

`MODEL_FOLDER` in the environment is the model that the server serves.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import schemathesis
from schemathesis.core.parameters import ParameterLocation

from regression_model import Artifact, InputDataError, load_pipeline, validate_inputs


@schemathesis.serializer("application/x-ndjson")
def write_lines(_context: schemathesis.SerializationContext, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


@schemathesis.hook
def filter_case(_context: schemathesis.HookContext, case: schemathesis.Case) -> bool:
    """Leave out bodies that the document forbids and the API rightly takes.

    The document says how a row should be sent. The model package is more generous: ``0`` will do for false, digits in
    quotes for a number. And one row in a list may be broken, as long as another is not: that is an answer with an
    error in it, no refusal.
    """
    if not case.path.endswith("/predict") or not _is_only_the_body_wrong(case):
        return True
    if case.media_type != "application/json":
        return isinstance(case.body, str)  # on the wire, everything is text
    return not _is_answered(case.body)


def _is_only_the_body_wrong(case: schemathesis.Case) -> bool:
    components = case.meta.components if case.meta is not None else {}
    wrong = [location for location, component in components.items() if component.mode.is_negative]
    return wrong == [ParameterLocation.BODY]


def _is_answered(body: object) -> bool:
    if isinstance(body, dict) and len(body) == 1:
        body = body.get("inputs", body.get("data", body))
    if not isinstance(body, dict | list):
        return False
    try:
        return bool(validate_inputs(input_data=body, schema=_load_model().schema).valid.any())
    except InputDataError:
        return False


@cache
def _load_model() -> Artifact:
    return load_pipeline(os.environ["MODEL_FOLDER"])
