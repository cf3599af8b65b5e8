"""What the API does, without a word about HTTP."""

from __future__ import annotations

from ml_api.services.model import ModelService
from ml_api.services.prediction import predict_rows

__all__ = ["ModelService", "predict_rows"]
