"""What a search or a sweep may choose: distributions of hyperparameters, and what is known of the table.

Plain data, so that a family can describe its space without the library that samples from it.
"""

from __future__ import annotations

from dataclasses import dataclass

from regression_model.build_context import Task

Value = bool | int | float | str | None
"""One value of a hyperparameter, as a configuration says it."""


@dataclass(frozen=True)
class Real:
    """A number in [low, high].

    Attributes
    ----------
    low, high : float
    log : bool
        Uniform in its logarithm; then ``low`` is above 0.
    """

    low: float
    high: float
    log: bool = False


@dataclass(frozen=True)
class Whole:
    """A whole number in [low, high], both included; ``log`` as in `Real`."""

    low: int
    high: int
    log: bool = False


@dataclass(frozen=True)
class Choice:
    """One of several values."""

    values: tuple[Value, ...]


Distribution = Real | Whole | Choice


@dataclass(frozen=True)
class TableFacts:
    """What a family may know of the table when it describes its space.

    Attributes
    ----------
    task : {"regression", "classification"}
    n_rows, n_features : int
        Of the rows to train on.
    n_classes : int
        0 for a regression.
    imbalanced : bool
        Whether the rarest class has less than a quarter of the rows that it would have if all had the same.
    metric : str
        What the search is about, by its name in the registry of metrics.
    """

    task: Task
    n_rows: int
    n_features: int
    n_classes: int = 0
    imbalanced: bool = False
    metric: str = ""
