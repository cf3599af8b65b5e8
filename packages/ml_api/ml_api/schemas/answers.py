"""The forms of the API's answers."""

from __future__ import annotations

from marshmallow import Schema, fields


class RowErrorAnswer(Schema):
    """Why one row could not be predicted: one of its fields, or the row itself if ``field`` is null."""

    field = fields.String(allow_none=True)
    reason = fields.String()
    message = fields.String()
    expected = fields.String(allow_none=True)


class ExplanationAnswer(Schema):
    """What each feature contributed: ``base`` and all contributions add up to the prediction on ``scale``."""

    base = fields.Float(required=True)
    scale = fields.String(
        required=True,
        metadata={
            "description": "`identity`: of the prediction itself; `log`: of its logarithm; "
            "`log_odds`: of the logarithm of the odds."
        },
    )
    class_ = fields.String(
        attribute="class",
        data_key="class",
        metadata={"description": "For a classification, the class of whose odds this is."},
    )
    contributions = fields.Dict(keys=fields.String(), values=fields.Float(), required=True)


class PredictionAnswer(Schema):
    """Predictions, one per row that was sent and in the same order; null where a row has errors.

    ``probabilities`` and ``classes`` are there for a classification only, ``explanations`` if they were asked for.
    """

    predictions = fields.List(
        fields.Raw(allow_none=True, metadata={"type": ["number", "string"]}),
        required=True,
        metadata={"description": "A number for a regression, a label for a classification."},
    )
    version = fields.String(required=True, metadata={"description": "Of the model."})
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Nested(RowErrorAnswer)),
        required=True,
        metadata={
            "description": "Why rows were refused, by their number, counted from 0, as text. Of one row among several, "
            "10 errors are listed at most; one more, with the reason `more_errors`, says how many are not."
        },
    )
    prediction_id = fields.String(required=True, metadata={"description": "What feedback refers to."})
    request_id = fields.String(required=True)
    probabilities = fields.List(
        fields.List(fields.Float(), allow_none=True),
        metadata={"description": "For each row, one probability per class, in the order of `classes`."},
    )
    classes = fields.List(fields.String())
    explanations = fields.List(
        fields.Nested(ExplanationAnswer, allow_none=True), metadata={"description": "For each row; null if refused."}
    )


class HealthAnswer(Schema):
    """The process lives."""

    status = fields.String(required=True)


class ReadyAnswer(Schema):
    """The model can predict."""

    status = fields.String(required=True)
    model_version = fields.String(required=True)


class VersionAnswer(Schema):
    """Which model answers; the model's keys are null while there is none."""

    model_version = fields.String(required=True, allow_none=True)
    api_version = fields.String(required=True)
    artifact_digest = fields.String(required=True, allow_none=True)
    compiled = fields.Boolean(required=True)
    predicts_in = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "`web_worker`, or `own_process` for a model without a compiled form."},
    )
    signed_by = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Id of the trusted key that the model is signed with; null if none is asked for."},
    )


class ErrorBody(Schema):
    """What went wrong: ``code`` and ``details`` are for programs, ``message`` is for people."""

    code = fields.String(required=True)
    message = fields.String(required=True)
    details = fields.Dict(keys=fields.String(), required=True)
    request_id = fields.String(required=True)


class ErrorAnswer(Schema):
    """The one shape of all errors."""

    error = fields.Nested(ErrorBody, required=True)
