"""Automatic preparation of columns: what each is, and the preprocessing steps that follow from it."""

from __future__ import annotations

from regression_model.search.featurization.preparation import Preparation, prepare_features

__all__ = ["Preparation", "prepare_features"]
