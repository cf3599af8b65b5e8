"""Time series: long tables of measurements, and windows that overlap."""

from regression_model.processing.time_series.long_table import gather_series
from regression_model.processing.time_series.overlap import Overlap, find_overlap

__all__ = ["Overlap", "find_overlap", "gather_series"]
