"""Lowers fitted pipelines to programs, and proves that they predict the same."""

from regression_model.lowering.compiling import compile_pipeline
from regression_model.lowering.proving import EqualityProof, prove_equality

__all__ = ["EqualityProof", "compile_pipeline", "prove_equality"]
