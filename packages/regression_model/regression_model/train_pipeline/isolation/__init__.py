"""Training in a process of its own, whose surroundings are always the same."""

from regression_model.train_pipeline.isolation.environment import pinned_environment
from regression_model.train_pipeline.isolation.parent import run_training_isolated

__all__ = ["pinned_environment", "run_training_isolated"]
