"""Predictions: for rows in memory, and for files in chunks."""

from regression_model.predict.files import FileJob, FileSummary, predict_file
from regression_model.predict.places import Place, find_format
from regression_model.predict.rows import make_prediction

__all__ = ["FileJob", "FileSummary", "Place", "find_format", "make_prediction", "predict_file"]
