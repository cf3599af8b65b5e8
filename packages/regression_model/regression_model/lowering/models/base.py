"""What the lowering of a model needs from the one who builds the program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np


class ProgramBuilder(Protocol):
    """Takes what a program consists of (`regression_model.lowering.builder.Builder`)."""

    def column_slots(self) -> list[int]:
        """Slots of the numbers that reach the model, in its order."""

    def require(
        self, slots: Sequence[int], *, missing: bool = False, infinite: bool = False, single_precision: bool = False
    ) -> None:
        """Refuse rows with a missing or infinite value, or one that single precision can't hold, in these slots."""

    def add_array(self, name: str, array: np.ndarray[Any, Any]) -> str:
        """Keep an array; return the name that it got."""

    def add_text(self, name: str, text: str) -> str:
        """Keep a text; return the name that it got."""
