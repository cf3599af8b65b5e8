"""A BentoML service with one route."""

import os
from pathlib import Path
from typing import Any

import bentoml
import joblib
import pandas as pd


@bentoml.service(workers=1)
class Predictor:
    """Predicts one row."""

    def __init__(self) -> None:
        self._model = joblib.load(Path(os.environ["BENCHMARK_MODEL"]) / "model.joblib")

    @bentoml.api
    def predict(self, row: dict[str, Any]) -> list[float]:
        """Predict."""
        return self._model.predict(pd.DataFrame([row])).tolist()
