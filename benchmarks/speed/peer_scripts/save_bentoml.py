"""Saves the pipeline for the BentoML service."""

import sys
from pathlib import Path

import joblib
from ready_pipeline import build_pipeline

Path(sys.argv[2]).mkdir()
joblib.dump(build_pipeline(sys.argv[1]), Path(sys.argv[2]) / "model.joblib")
