"""The yardsticks: Flask applications that do less than the API, on the same server with the same settings.

``/v1/predict`` of `bare` parses the body and answers a constant; that of `slow` predicts with the scikit-learn pipeline
and pandas, as one would without a compiled form, and does nothing else.
"""

from __future__ import annotations

import os
from typing import Any

import orjson
from flask import Flask, Response, request

ANSWER = {"predictions": [1.0], "version": "0.0.0", "errors": {}}


def make_bare() -> Flask:
    """Build the application that parses and answers a constant."""
    app = Flask("bare")
    app.add_url_rule("/ready", view_func=_answer_ready)

    @app.post("/v1/predict")
    def answer() -> dict[str, Any]:
        request.get_json()
        return ANSWER

    @app.post("/v1/predict-orjson")
    def answer_many() -> Response:
        rows = orjson.loads(request.get_data())
        answer = {"predictions": [1.0] * len(rows), "version": "0.0.0", "errors": {}}
        return Response(orjson.dumps(answer), mimetype="application/json")

    return app


def make_slow() -> Flask:
    """Build the application that predicts with the pipeline."""
    from regression_model import load_pipeline, validate_inputs

    artifact = load_pipeline(os.environ["BENCHMARK_ARTIFACT"])
    pipeline, schema = artifact.pipeline, artifact.schema
    app = Flask("slow")
    app.add_url_rule("/ready", view_func=_answer_ready)

    @app.post("/v1/predict")
    def answer() -> dict[str, Any]:
        inputs = validate_inputs(input_data=request.get_json(), schema=schema)
        return {**ANSWER, "predictions": pipeline.predict(inputs.frame).tolist()}

    return app


def _answer_ready() -> str:
    return "ready"
