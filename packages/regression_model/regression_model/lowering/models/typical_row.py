"""The row that linear models are compared to."""

from __future__ import annotations

from typing import Any

import pandas as pd

from regression_model.errors import ExplanationError
from regression_model.processing.validation import validate_inputs
from regression_model.schema import Feature, Schema

_MOSTLY = 0.5


def build_typical_frame(schema: Schema) -> pd.DataFrame:
    """Build a typical row: the median or most frequent value of each feature, or none where most rows have none.

    Parameters
    ----------
    schema : Schema

    Returns
    -------
    DataFrame of shape (1, n_features)
        Model-ready.

    Raises
    ------
    ExplanationError
        If a typical value is one that a request could not send.
    """
    inputs = validate_inputs(input_data={feature.name: _typical(feature) for feature in schema}, schema=schema)
    if inputs.errors:
        fields = ", ".join(str(error.field) for error in inputs.errors[0])
        raise ExplanationError(f"there is no typical row to compare with: the typical value is refused of {fields}")
    return inputs.frame


def _typical(feature: Feature) -> Any:  # noqa: ANN401 - one of the types of JSON
    return None if feature.nullable and feature.missing_fraction > _MOSTLY else feature.typical
