"""The fitted pipeline behind a step that gives pandas' frames the types that it takes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd


def build_pipeline(artifact: str) -> Any:  # noqa: ANN401 - scikit-learn has no types
    """Load the artifact and put the types of its schema in front."""
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import FunctionTransformer

    from regression_model import load_pipeline

    loaded = load_pipeline(Path(artifact))
    types = {feature.name: object if feature.dtype == "category" else "float64" for feature in loaded.schema}
    front = FunctionTransformer(give_types, kw_args={"types": types})
    return Pipeline([("types", front), *loaded.pipeline.steps])


def give_types(frame: pd.DataFrame, types: dict[str, Any]) -> pd.DataFrame:
    """Return the columns in order, each with its type."""
    return frame[list(types)].astype(types)


if __name__ == "__main__":
    sys.exit("this is a module")
