from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from regression_model.compiled.program import Program
from regression_model.lowering.models import lower_model


class Builder:
    """Takes what a model is lowered to, for a program that has nothing but a model."""

    def __init__(self, n_columns: int) -> None:
        self.n_columns = n_columns
        self.required: list[dict[str, bool]] = []
        self.arrays: dict[str, np.ndarray] = {}
        self.texts: dict[str, str] = {}

    def column_slots(self) -> list[int]:
        return list(range(self.n_columns))

    def require(self, slots: list[int], **what: bool) -> None:
        assert slots == self.column_slots()
        self.required.append(what)

    def add_array(self, name: str, array: np.ndarray) -> str:
        self.arrays[name] = array
        return name

    def add_text(self, name: str, text: str) -> str:
        self.texts[name] = text
        return name


def lower_alone(model: Any, n_columns: int, target: str = "identity") -> Program:
    builder = Builder(n_columns)
    labels = [str(label) for label in getattr(model, "classes_", ())]
    content = {
        "format": 1,
        "inputs": ["number"] * n_columns,
        "operations": [{"op": "require", "in": builder.column_slots(), **what} for what in builder.required],
        "columns": builder.column_slots(),
        "model": lower_model(model, builder),
        "target": target,
        "classes": labels or None,
        "explanation": None,
    }
    return Program(content, builder.arrays, builder.texts)


@pytest.fixture(scope="session")
def lower() -> Callable[..., Program]:
    return lower_alone
