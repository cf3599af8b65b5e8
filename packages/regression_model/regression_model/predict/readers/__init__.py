"""Reads rows in chunks: one reader for each format, `open_reader` chooses."""

from regression_model.predict.readers.base import Chunk, Columns, RowReader
from regression_model.predict.readers.opening import open_reader

__all__ = ["Chunk", "Columns", "RowReader", "open_reader"]
