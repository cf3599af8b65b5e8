"""Golden rows: inputs with the predictions that they gave when the model was saved."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from regression_model.errors import TrainingError
from regression_model.pipeline import predict_frame
from regression_model.processing.validation import validate_inputs
from regression_model.schema import Feature, Schema

N_GOLDEN_ROWS = 10


def build_golden_rows(pipeline: Pipeline, schema: Schema, frame: pd.DataFrame) -> dict[str, Any]:
    """Choose rows and predict them.

    Parameters
    ----------
    pipeline : Pipeline
        As it is saved.
    schema : Schema
        As it is saved.
    frame : DataFrame of shape (n_rows, n_features)
        Rows that the model did not learn from; up to 10 of those that a request could hold are taken, evenly.

    Returns
    -------
    dict
        ``rows`` in wire form, ``predictions``, and for classification ``probabilities`` (else None).

    Raises
    ------
    TrainingError
        If not one row passes the model's own schema.
    """
    rows = [to_wire(row, schema) for row in frame[schema.names].to_dict(orient="records")]
    valid = np.flatnonzero(validate_inputs(input_data=rows, schema=schema).valid)
    if not valid.size:
        raise TrainingError("no held-out row passes the schema that was learned from the training rows")
    positions = np.unique(np.linspace(0, valid.size - 1, N_GOLDEN_ROWS).astype(int))
    chosen = [rows[position] for position in valid[positions]]
    outputs = predict_frame(pipeline, validate_inputs(input_data=chosen, schema=schema).frame)
    probabilities = outputs.probabilities.tolist() if outputs.probabilities is not None else None
    return {"rows": chosen, "predictions": outputs.predictions.tolist(), "probabilities": probabilities}


def to_wire(row: dict[Any, Any], schema: Schema) -> dict[str, Any]:
    """Turn a model-ready row into what a client would send."""
    return {feature.name: _wire_value(row[feature.name], feature) for feature in schema}


def _wire_value(value: Any, feature: Feature) -> Any:  # noqa: ANN401 - one of the types of JSON
    if feature.dtype == "series":
        return None if value is None else [None if math.isnan(measured) else measured for measured in value]
    if pd.isna(value):
        return None
    if feature.dtype == "datetime":
        return pd.Timestamp(value).isoformat()
    if feature.dtype == "boolean":
        return bool(value)
    return int(value) if feature.dtype == "integer" else value
