"""What is known of a table when families describe their spaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regression_model.search.guardrails.target import IMBALANCED_SHARE
from regression_model.search_space import TableFacts

if TYPE_CHECKING:
    from regression_model.config import Config
    from regression_model.train_pipeline.splitting import Split


def describe_table(split: Split, config: Config, metric: str) -> TableFacts:
    """Return what a family may know of the rows to learn from.

    Parameters
    ----------
    split : Split
    config : Config
    metric : str
        Name of what the search is about.
    """
    n_rows, n_features = split.train.shape
    if config.task == "regression":
        return TableFacts("regression", n_rows, n_features, metric=metric)
    shares = split.train_target.value_counts(normalize=True)
    n_classes = len(shares)
    imbalanced = bool(shares.min() < IMBALANCED_SHARE / n_classes)
    return TableFacts("classification", n_rows, n_features, n_classes, imbalanced, metric)
