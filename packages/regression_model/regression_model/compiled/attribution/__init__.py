"""Explanations of compiled pipelines: how much each feature adds to a prediction, with numpy alone."""

from regression_model.compiled.attribution.explaining import Explainer, check_explanation, link_explainer

__all__ = ["Explainer", "check_explanation", "link_explainer"]
