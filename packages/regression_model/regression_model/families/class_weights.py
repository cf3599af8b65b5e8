"""Weights of classes: which families take them, and when they are worth a try."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from regression_model.build_context import BuildContext
from regression_model.errors import ConfigError
from regression_model.search_space import TableFacts, Value

_OF_DECISIONS = ("balanced", "macro", "f1", "recall", "matthews", "mcc", "kappa", "jaccard", "youden")


def class_settings(class_weight: str | None, context: BuildContext) -> dict[str, Any]:
    """Return the settings that only a classifier has: none for a regression.

    Parameters
    ----------
    class_weight : str or None
        What the configuration says.
    context : BuildContext

    Raises
    ------
    ConfigError
        If class weights are asked for in a regression.
    """
    if context.task == "classification":
        return {"class_weight": class_weight}
    if class_weight is not None:
        raise ConfigError("only a classification has classes to weigh; leave it out", key="model.class_weight")
    return {}


def may_balance(facts: TableFacts) -> bool:
    """Say whether weighing all classes alike may help: of an imbalanced classification."""
    return facts.task == "classification" and facts.imbalanced


def wants_balance(facts: TableFacts) -> bool:
    """Say whether weighing all classes alike is tried first: where the metric is about finding each of them.

    Metrics of probabilities or of their order, and accuracy, are best without weights.
    """
    name = facts.metric.casefold()
    return may_balance(facts) and "auc" not in name and any(part in name for part in _OF_DECISIONS)


def arrange_weights(starts: Sequence[Mapping[str, Value]], facts: TableFacts) -> tuple[Mapping[str, Value], ...]:
    """Add the first start with weights of classes where they may help: before all others, or behind them."""
    if not may_balance(facts):
        return tuple(starts)
    weighed = {**starts[0], "class_weight": "balanced"}
    return (weighed, *starts) if wants_balance(facts) else (*starts, weighed)
