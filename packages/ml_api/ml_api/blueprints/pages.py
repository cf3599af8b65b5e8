"""The page for people: a form that predicts one row."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from ml_api.blueprints.context import get_caller, get_parts, get_request_facts
from ml_api.errors import ContentTypeError, NoValidRowsError
from ml_api.schemas import RowLimits
from ml_api.services.answer_view import AnswerView, build_answer_view, describe_target
from ml_api.services.forms import FormField, build_fields, find_outside, group_fields, read_row
from ml_api.services.page_prediction import predict_for_page

pages_blueprint = Blueprint("pages", __name__)

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Outcome:
    """What came of a form.

    Attributes
    ----------
    view : AnswerView or None
        The prediction, if there is one.
    curl : str
        The command that asks the API for the same row.
    outside : sequence of str
        Features whose value lies outside of what was seen in training.
    errors : sequence of dict
        Why there is none: ``field``, ``message`` and so on, as the API answers them.
    is_renewed : bool
        Whether the form was drawn for another model.
    """

    view: AnswerView | None = None
    curl: str = ""
    outside: Sequence[str] = ()
    errors: Sequence[dict[str, Any]] = ()
    is_renewed: bool = False


@pages_blueprint.get("/")
def show_prediction_form() -> Response:
    """Show the form with a typical row in it."""
    fields = build_fields(get_parts().model.artifact.schema)
    return _render(fields, _typical_values(fields), Outcome())


@pages_blueprint.post("/")
def predict_from_form() -> Response:
    """Predict what was filled in; show the form again with the answer, or with the errors beside their fields."""
    if request.mimetype != FORM:
        raise ContentTypeError(
            f"This is the form of a page, which sends {FORM}. Programs use POST /v1/predict.",
            details={"allowed": [FORM]},
        )
    artifact = get_parts().model.artifact
    fields = build_fields(artifact.schema)
    # The fields are numbered: sent to another model than the one that drew them, they would be mixed up.
    if request.form.get("model") != artifact.digest:
        return _render(fields, _typical_values(fields), Outcome(is_renewed=True))
    values = {field.id: request.form.get(field.id, "") for field in fields}
    return _render(fields, values, _predict(read_row(fields, request.form)))


def _predict(row: dict[str, Any]) -> Outcome:
    settings, artifact = get_parts().settings, get_parts().model.artifact
    RowLimits(settings.max_columns, settings.max_text_length, settings.max_measurements).check([row])
    try:
        answer = predict_for_page(artifact, row, get_request_facts())
    except NoValidRowsError as error:
        return Outcome(errors=error.details["errors"]["0"])  # type: ignore[index]
    return Outcome(
        view=build_answer_view(answer, row, describe_target(artifact).unit),
        curl=_write_curl(row),
        outside=find_outside(artifact.schema, row),
    )


def _typical_values(fields: tuple[FormField, ...]) -> dict[str, str]:
    return {field.id: field.typical for field in fields}


def _render(fields: tuple[FormField, ...], values: dict[str, str], outcome: Outcome) -> Response:
    """Render the page; with errors too its status is 200, since showing them is what was asked for."""
    artifact = get_parts().model.artifact
    ids = {field.name: field.id for field in fields}
    problems = [(ids.get(error["field"]), error["message"]) for error in outcome.errors]
    page = render_template(
        "predict.html",
        artifact=artifact,
        target=describe_target(artifact),
        groups=group_fields(fields),
        n_fields=len(fields),
        some_optional=not all(field.required for field in fields),
        values=values,
        problems=problems,
        problem_of=dict(problems),
        outcome=outcome,
        outside=[(ids[name], name) for name in outcome.outside],
        view=outcome.view,
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"  # what was filled in is nobody else's
    return response


def _write_curl(row: dict[str, Any]) -> str:
    """Write the command that asks the API for the same row; whatever is in the row, a shell takes it as text."""
    address = f"{request.host_url.rstrip('/')}/v1/predict"
    parts = [
        "curl",
        f"--header {shlex.quote('Content-Type: application/json')}",
        f"--data {shlex.quote(json.dumps(row))}",
        shlex.quote(address),
    ]
    if get_caller().via in ("key", "session"):
        parts.insert(1, '--header "Authorization: Bearer $ML_API_KEY"')
    return " \\\n  ".join(parts)
