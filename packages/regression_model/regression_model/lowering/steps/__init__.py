"""The lowerings of the transformers that steps build, by what the transformers work on.

Importing this package registers them all with `regression_model.lowering.dispatch.lower`.
"""

from regression_model.lowering.steps import arithmetic, categories, columns, dates, imputation, lookups, numbers, places

__all__ = ["arithmetic", "categories", "columns", "dates", "imputation", "lookups", "numbers", "places"]
