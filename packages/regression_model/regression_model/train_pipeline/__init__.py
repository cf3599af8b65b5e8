"""Training: from a config and a table to a saved, measured model."""

from regression_model.train_pipeline.splitting import Split, split_table
from regression_model.train_pipeline.training import TrainingResult, run_training

__all__ = ["Split", "TrainingResult", "run_training", "split_table"]
