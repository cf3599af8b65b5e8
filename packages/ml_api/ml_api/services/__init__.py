"""What the API does, without a word about HTTP."""

from __future__ import annotations

from ml_api.services.guard import KeyGuard
from ml_api.services.key_store import KeyStore, LiveKey
from ml_api.services.metrics import Metrics
from ml_api.services.model import ModelService
from ml_api.services.prediction import RequestFacts, answer_rows, predict_rows
from ml_api.services.prediction_log import PredictionLog
from ml_api.services.rates import RateCounter, is_loopback, name_address
from ml_api.services.records import FeedbackRecord, PredictionRecord
from ml_api.services.redaction import Redactor
from ml_api.services.start import build_key_store, is_for_loopback_only
from ml_api.services.streams import predict_stream

__all__ = [
    "FeedbackRecord",
    "KeyGuard",
    "KeyStore",
    "LiveKey",
    "Metrics",
    "ModelService",
    "PredictionLog",
    "PredictionRecord",
    "RateCounter",
    "Redactor",
    "RequestFacts",
    "answer_rows",
    "build_key_store",
    "is_for_loopback_only",
    "is_loopback",
    "name_address",
    "predict_rows",
    "predict_stream",
]
