"""What is known of the whole configuration when one part of the pipeline is built."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd

Task = Literal["regression", "classification"]


def _unchanged(estimator: Any) -> Any:  # noqa: ANN401 - any scikit-learn estimator
    return estimator


@dataclass(frozen=True)
class BuildContext:
    """What a step or a model family may know of the rest of the configuration when it is built.

    Attributes
    ----------
    task : {"regression", "classification"}
    seed : int
        From which every random choice is derived.
    wrap_target : callable
        Wraps a regressor so that it learns the transformed target (`TransformedTargetRegressor`), as the final
        model does; steps that fit a model of their own (selection) use it too.
    tables : mapping of str to DataFrame
        Reference tables by name, for lookups.
    coded_categories : tuple of str
        Columns that reach the model, if no selection drops them, as codes of categories; families that can split by
        categories do.
    """

    task: Task
    seed: int = 0
    wrap_target: Callable[[Any], Any] = _unchanged
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    coded_categories: tuple[str, ...] = ()
