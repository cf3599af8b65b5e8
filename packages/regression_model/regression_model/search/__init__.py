"""Looks for a better model: many configurations, scored on the same folds, written down as they end."""
