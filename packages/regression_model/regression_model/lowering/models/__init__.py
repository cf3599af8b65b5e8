"""Lowers fitted models: one file for each kind of compiled model that comes out."""

from regression_model.lowering.models.choosing import lower_model
from regression_model.lowering.models.ensemble import assemble_ensemble, lower_ensemble
from regression_model.lowering.models.explanation import lower_explanation

__all__ = ["assemble_ensemble", "lower_ensemble", "lower_explanation", "lower_model"]
