"""The section ``comparison``: how far predictions may move from one version to the next."""

from __future__ import annotations

from pydantic import Field

from regression_model.frozen import Frozen


class ComparisonConfig(Frozen):
    """What is still the same model; whatever goes further has to be acknowledged in the changelog.

    Attributes
    ----------
    relative_tolerance : float
        A row has moved if its prediction differs by more than this, relative to the larger of the two; of a
        classification, if a probability differs by more than this (absolute) or the label is another one. In [0, 1].
    share_of_rows : float
        Part of the rows that may move all the same, in [0, 1).
    """

    relative_tolerance: float = Field(default=1e-6, ge=0, le=1)
    share_of_rows: float = Field(default=0.0, ge=0, lt=1)
