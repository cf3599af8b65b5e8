"""Fitted pipelines as data, and what computes them with NumPy alone."""

from regression_model.compiled.columns import Texts
from regression_model.compiled.pipeline import CompiledPipeline
from regression_model.compiled.program import Program

__all__ = ["CompiledPipeline", "Program", "Texts"]
