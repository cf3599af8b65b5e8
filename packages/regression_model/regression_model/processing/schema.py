"""Learns the schema of a model from its training table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from regression_model.schema import Dtype, Feature, Schema
from regression_model.schema.feature import order_by_share

if TYPE_CHECKING:
    from regression_model.config import Config

N_DECILES = 11


def infer_schema(frame: pd.DataFrame, config: Config, whole: pd.DataFrame | None = None) -> Schema:
    """Learn the schema from the training table.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_features)
        The rows that are trained on, model-ready: numbers and booleans as float, categories as object, datetimes as
        datetime64, series as object (tuples of float).
    config : Config
    whole : DataFrame of shape (n_all_rows, n_features), optional
        All rows of the table, the held-out ones included: what is missing there may be missing in a request.

    Returns
    -------
    Schema
        With the features of the config, in its order.
    """
    filled, bounds = config.find_filled(), config.bounds_above()
    features = []
    for name, dtype in config.features.dtypes().items():
        said = config.features.details()[name]
        missing_fraction = float(frame[name].isna().mean())
        seen_missing = bool((frame if whole is None else whole)[name].isna().any())
        nullable = said.nullable if said.nullable is not None else name in filled or seen_missing
        features.append(
            Feature(
                name=name,
                dtype=dtype,
                nullable=nullable,
                exclusive_minimum=bounds.get(name),
                on_unseen=said.on_unseen,
                description=said.description,
                missing_fraction=missing_fraction,
                **_summary(frame[name], dtype),
            )
        )
    ignored = (config.target.column, *config.features.left_out)
    return Schema(tuple(features), config.data.missing_values, ignored)


def _summary(column: pd.Series, dtype: Dtype) -> dict[str, Any]:
    """Summarise the values of one column: range, typical value, and what drift is measured against."""
    values = column.dropna()
    if dtype == "category":
        counts = values.value_counts()
        shares = order_by_share({str(category): float(count / len(values)) for category, count in counts.items()})
        return {"categories": shares, "typical": next(iter(shares), None)}
    if values.empty:
        return {}
    if dtype == "datetime":
        middle = values.sort_values().iloc[len(values) // 2]
        return {"minimum": _iso(values.min()), "maximum": _iso(values.max()), "typical": _iso(middle)}
    if dtype == "series":
        measured = np.concatenate([np.asarray(cell) for cell in values])
        return {
            "minimum": float(np.nanmin(measured)),
            "maximum": float(np.nanmax(measured)),
            "longest": max(map(len, values)),
        }
    if dtype == "boolean":
        return {"minimum": 0.0, "maximum": 1.0, "typical": bool(values.median() >= 0.5)}
    deciles = np.quantile(values.to_numpy(), np.linspace(0, 1, N_DECILES))
    # A median between two whole numbers is none itself; the lower of the two is.
    typical = float(np.quantile(values.to_numpy(), 0.5, method="lower"))
    return {
        "minimum": float(values.min()),
        "maximum": float(values.max()),
        "typical": int(typical) if dtype == "integer" else typical,
        "deciles": tuple(float(value) for value in deciles),
    }


def _iso(moment: pd.Timestamp) -> str:
    return moment.isoformat()
