"""The forms of the API's answers."""

from __future__ import annotations

from marshmallow import Schema, fields


class RowErrorAnswer(Schema):
    """Why one row could not be predicted: one of its fields, or the row itself if ``field`` is null."""

    field = fields.String(allow_none=True)
    reason = fields.String()
    message = fields.String()
    expected = fields.String(allow_none=True)


class PredictionAnswer(Schema):
    """Predictions, one per row that was sent and in the same order; null where a row has errors.

    ``probabilities`` and ``classes`` are there for a classification only.
    """

    predictions = fields.List(fields.Raw(allow_none=True), required=True)
    version = fields.String(required=True)
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.Nested(RowErrorAnswer)), required=True)
    request_id = fields.String(required=True)
    probabilities = fields.List(fields.List(fields.Float(), allow_none=True))
    classes = fields.List(fields.String())


class VersionAnswer(Schema):
    """Which model answers; the model's keys are null while there is none."""

    model_version = fields.String(required=True, allow_none=True)
    api_version = fields.String(required=True)
    artifact_digest = fields.String(required=True, allow_none=True)
    compiled = fields.Boolean(required=True)


class ErrorBody(Schema):
    """What went wrong: ``code`` and ``details`` are for programs, ``message`` is for people."""

    code = fields.String(required=True)
    message = fields.String(required=True)
    details = fields.Dict(keys=fields.String(), required=True)
    request_id = fields.String(required=True)


class ErrorAnswer(Schema):
    """The one shape of all errors."""

    error = fields.Nested(ErrorBody, required=True)
