"""Explanations: how much each feature adds to a prediction."""

from regression_model.explain.explainer import explain_frame

__all__ = ["explain_frame"]
