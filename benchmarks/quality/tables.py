"""The tables that searches are compared on, and how their rows are divided."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

HOLDOUT_FRACTION = 0.2


@dataclass(frozen=True)
class Table:
    """A table with its task.

    Attributes
    ----------
    name : str
        Also of the file ``<name>.csv``.
    target : str
    metric : str
        What all systems are to make best, by our name for it.
    positive : str or None
        Of two classes the one whose probability counts; None for a regression.
    """

    name: str
    target: str
    metric: str
    positive: str | None = None

    @property
    def is_classification(self) -> bool:
        """Whether classes are predicted."""
        return self.positive is not None


TABLES = (
    Table("california_housing", "median_house_value", "mae"),
    Table("bank_marketing", "y", "log_loss", positive="yes"),
    Table("house_prices", "SalePrice", "rmsle"),
)


@dataclass(frozen=True)
class Parts:
    """A table, divided.

    Attributes
    ----------
    whole, train, test : Path
        CSV files; ``whole`` is what our search is given, which splits off the same rows by itself.
    actual : ndarray of shape (n_test_rows,)
        Numbers, or 1.0 for the positive class.
    """

    whole: Path
    train: Path
    test: Path
    actual: np.ndarray


def divide(table: Table, data: Path, folder: Path, seed: int) -> Parts:
    """Divide a table as scikit-learn's ``train_test_split`` does, 20 % to test on, in equal shares of classes."""
    whole = data / f"{table.name}.csv"
    frame = pd.read_csv(whole)
    strata = frame[table.target] if table.is_classification else None
    train, test = train_test_split(frame, test_size=HOLDOUT_FRACTION, random_state=seed, stratify=strata)
    parts = {"train": train, "test": test}
    for name, part in parts.items():
        part.to_csv(folder / f"{name}.csv", index=False)
    target = test[table.target]
    actual = (target == table.positive).to_numpy(float) if table.is_classification else target.to_numpy(float)
    return Parts(whole, folder / "train.csv", folder / "test.csv", actual)
