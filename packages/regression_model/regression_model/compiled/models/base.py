"""What every kind of model in a program has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol, Self

import numpy as np

from regression_model.compiled.models.section import Section

Numbers = np.ndarray[Any, np.dtype[np.float64]]


class ModelSource(Protocol):
    """The parts of a program that describe its model (see `regression_model.compiled.Program`)."""

    @property
    def content(self) -> Mapping[str, Any]:
        """The document; of it ``columns`` and ``model``."""

    @property
    def arrays(self) -> Mapping[str, np.ndarray[Any, Any]]:
        """Arrays that the document names."""

    @property
    def texts(self) -> Mapping[str, str]:
        """Texts that the document names."""


class Model(ABC):
    """The outputs of a fitted model, before the link and the target's inverse (see `Finish`).

    Made once for a program and used by several threads at once: nothing changes after ``__init__``. Each kind has a
    file of its own beside this one and is listed in `regression_model.compiled.models.linking`.

    Attributes
    ----------
    kind : str
        What the document calls it.
    n_columns : int
        Numbers that the model takes for a row.
    n_outputs : int
        Numbers that it gives: one, or one for each class.
    """

    kind: ClassVar[str]
    n_columns: int
    n_outputs: int

    @classmethod
    @abstractmethod
    def check(cls, section: Section) -> None:
        """Check what the document says, without any library.

        Raises
        ------
        ArtifactIntegrityError
            If it describes no model of this kind.
        """

    @classmethod
    @abstractmethod
    def read(cls, section: Section) -> Self:
        """Check what the document says and make the model.

        Raises
        ------
        ArtifactIntegrityError
            If it describes no model of this kind.
        MissingExtraError
            If a library that computes it is not installed.
        """

    @abstractmethod
    def predict_columns(self, matrix: Numbers) -> Numbers:
        """Compute the outputs of many rows.

        Parameters
        ----------
        matrix : ndarray of shape (n_rows, n_columns)
            In C order, NaN where missing. Of rows that a ``require`` refused the outputs mean nothing.

        Returns
        -------
        ndarray of shape (n_rows, n_outputs)
        """

    @abstractmethod
    def predict_row(self, values: Sequence[float]) -> list[float]:
        """Compute the outputs of one row of ``n_columns`` values, NaN where missing."""
