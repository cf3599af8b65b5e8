"""Writes predictions in chunks: one writer for each format, `open_writer` chooses."""

from regression_model.predict.writers.base import Answers, Layout, RowWriter
from regression_model.predict.writers.opening import open_writer

__all__ = ["Answers", "Layout", "RowWriter", "open_writer"]
