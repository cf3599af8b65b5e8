"""The baseline: how values and predictions were distributed in training, for those who watch for drift.

The schema alone does not suffice: where a value is frequent, deciles coincide, and how many rows lie between two of
them is no longer a tenth.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.pipeline import Pipeline

from regression_model.processing.schema import N_DECILES
from regression_model.schema import Schema
from regression_model.train_pipeline.fitting import predict_held_out


def build_baseline(pipeline: Pipeline, schema: Schema, train: pd.DataFrame, test: pd.DataFrame) -> dict[str, Any]:
    """Count training values and held-out predictions in bins.

    Parameters
    ----------
    pipeline : Pipeline
        As it is saved.
    schema : Schema
        As it is saved.
    train : DataFrame of shape (n_rows, n_features)
        The rows that were learned from.
    test : DataFrame of shape (n_held_out_rows, n_features)
        Rows that were not.

    Returns
    -------
    dict
        ``features``: by name of a number, ``edges`` (its distinct inner deciles) and ``shares``, of the values up to
        the first edge, of those above it and up to the second, and so on to those above the last; by name of a
        boolean, ``labels``, the shares of ``true`` and ``false``. All are shares of the rows that have a value; the
        shares of categories, and of the rows without a value, are in the schema. Dates have no baseline: they move
        on.
        ``predictions``: ``edges`` and ``shares``, or for a classification ``labels``, over the held-out rows.
    """
    features: dict[str, Any] = {}
    for feature in schema:
        values = train[feature.name].dropna().to_numpy()
        if feature.deciles is not None:
            features[feature.name] = _bin(values, feature.deciles)
        elif feature.dtype == "boolean" and len(values):
            true = float(np.mean(values.astype(float)))
            features[feature.name] = {"labels": {"true": true, "false": 1.0 - true}}
    outputs = predict_held_out(pipeline, test[schema.names])
    if outputs.classes is None:
        deciles = np.quantile(outputs.predictions, np.linspace(0, 1, N_DECILES))
        return {"features": features, "predictions": _bin(outputs.predictions, deciles.tolist())}
    shares = {label: float(np.mean(outputs.predictions == label)) for label in outputs.classes}
    return {"features": features, "predictions": {"labels": shares}}


def _bin(values: npt.NDArray[Any], deciles: Sequence[float]) -> dict[str, list[float]]:
    """Count values between the inner deciles, of which equal ones make one edge.

    Examples
    --------
    >>> _bin(np.array([0.0, 0.0, 0.0, 5.0]), [0, 0, 0, 0, 0, 0, 0, 0, 1, 4, 5])
    {'edges': [0.0, 1.0, 4.0], 'shares': [0.75, 0.0, 0.0, 0.25]}
    """
    edges = np.unique(np.asarray(deciles, dtype=float)[1:-1])
    counts = np.bincount(np.searchsorted(edges, values, side="left"), minlength=len(edges) + 1)
    return {"edges": edges.tolist(), "shares": (counts / len(values)).tolist()}
