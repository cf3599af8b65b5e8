"""The configuration: a YAML file, checked and frozen."""

from regression_model.config.comparison import ComparisonConfig
from regression_model.config.loading import load_config, parse_config, shipped_configs
from regression_model.config.model import Config
from regression_model.config.sections import (
    DataConfig,
    EvaluationConfig,
    FeatureConfig,
    FeaturesConfig,
    LeaveOutRule,
    ReferenceTableConfig,
    SourceConfig,
    TargetConfig,
)

__all__ = [
    "ComparisonConfig",
    "Config",
    "DataConfig",
    "EvaluationConfig",
    "FeatureConfig",
    "FeaturesConfig",
    "LeaveOutRule",
    "ReferenceTableConfig",
    "SourceConfig",
    "TargetConfig",
    "load_config",
    "parse_config",
    "shipped_configs",
]
