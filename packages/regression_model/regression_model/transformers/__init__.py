"""Transformers of our own: what the configs need beyond feature-engine and scikit-learn, one per file."""

from __future__ import annotations

from regression_model.transformers.binarizer import Binarise
from regression_model.transformers.category_fallback import CategoryFallback
from regression_model.transformers.column_placeholder import ColumnPlaceholder
from regression_model.transformers.elapsed_time import ElapsedTime
from regression_model.transformers.frequent_category_imputer import FrequentCategoryImputer
from regression_model.transformers.lookup import LookupJoin
from regression_model.transformers.ordinal_mapping import OrdinalMapping
from regression_model.transformers.place_clusters import PlaceClusters
from regression_model.transformers.random_sample_imputer import RowSeededSampleImputer
from regression_model.transformers.related_imputer import RelatedImputer
from regression_model.transformers.rotate_coordinates import RotateCoordinates

__all__ = [
    "Binarise",
    "CategoryFallback",
    "ColumnPlaceholder",
    "ElapsedTime",
    "FrequentCategoryImputer",
    "LookupJoin",
    "OrdinalMapping",
    "PlaceClusters",
    "RelatedImputer",
    "RotateCoordinates",
    "RowSeededSampleImputer",
]
