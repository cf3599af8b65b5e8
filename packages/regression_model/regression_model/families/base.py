"""What a model family is.

A family is what the section ``model`` of the configuration names: ``family: lasso`` and its hyperparameters.
Each family lives in a file of its own in this folder and is found there without being listed anywhere.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from regression_model.build_context import BuildContext, Task
from regression_model.frozen import Frozen
from regression_model.search_space import Distribution, TableFacts, Value


class Family(Frozen, ABC):
    """A kind of model with its hyperparameters, as the configuration declares it.

    Subclasses set the field ``family`` to a ``Literal`` with their name, add their hyperparameters as fields named
    as the library names them, with the ranges that are allowed, and describe themselves by the class variables.

    Attributes
    ----------
    family : str
        Name of the family.
    """

    family: str

    tasks: ClassVar[tuple[Task, ...]]
    """Tasks that the family can do."""

    handles_missing: ClassVar[bool] = False
    """Whether missing values may reach the model."""

    extra: ClassVar[str | None] = None
    """Extra of this package that installs the library, or None if it is always there."""

    scale_sensitive: ClassVar[bool] = False
    """Whether it learns better, or at all, from columns that are scaled and not skewed (linear, neighbours, neural)."""

    @classmethod
    def portfolio(cls, facts: TableFacts) -> tuple[Mapping[str, Value], ...]:
        """Return starts that are known to be good, the best first; a search tries them before it samples.

        Parameters
        ----------
        facts : TableFacts

        Returns
        -------
        tuple of mapping
            Hyperparameters by name, each valid for this family; empty for a family that a search leaves alone.
        """
        del facts
        return ()

    @classmethod
    def space(cls, facts: TableFacts) -> Mapping[str, Distribution]:
        """Return what a search may try of each hyperparameter; what is not named keeps its default.

        Parameters
        ----------
        facts : TableFacts
        """
        del facts
        return {}

    @classmethod
    def hurry(cls, start: Mapping[str, Value]) -> Mapping[str, Value]:
        """Return a start of about the same quality that is done sooner, for searches whose time is short.

        Parameters
        ----------
        start : mapping
            One of the portfolio.
        """
        return start

    @abstractmethod
    def build(self, context: BuildContext) -> Any:  # noqa: ANN401 - scikit-learn has no type for an estimator
        """Make the unfitted estimator, seeded, single-threaded and deterministic.

        Raises
        ------
        MissingExtraError
            If the family's library is not installed.
        """
