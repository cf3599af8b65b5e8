"""What transformers that learn from the target have in common."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Self

from regression_model.transformers.base import FrameTransformer

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.utils import Tags


class SupervisedTransformer(FrameTransformer):
    """Base of the transformers that learn from the target.

    A subclass learns in :meth:`_learn_target`; `fit` needs the target.
    """

    @abstractmethod
    def _learn_target(self, frame: pd.DataFrame, y: object) -> None:
        """Validate the parameters and set the attributes that end in ``_``."""

    def _learn(self, frame: pd.DataFrame) -> None:
        raise ValueError(f"{self._owner}.fit: it learns from the target, so 'y' has to be given")

    def fit(self, X: pd.DataFrame, y: object = None) -> Self:
        """Learn from the training frame and the target.

        Parameters
        ----------
        X : DataFrame of shape (n_rows, n_columns)
            At least one row and one column, unique column names.
        y : array-like of shape (n_rows,)
            Numbers, or labels.

        Returns
        -------
        Self
            The transformer itself.

        Raises
        ------
        ValueError
            If a parameter does not suit the frame or the target; the message names it.
        """
        frame = self._read_training_frame(X)
        if y is None:
            self._learn(frame)
        self._learn_target(frame, y)
        return self

    def __sklearn_tags__(self) -> Tags:
        """Tell scikit-learn that there is no fitting without a target."""
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags
