"""The tables that searches are compared on, and how their rows are divided."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

HOLDOUT_FRACTION = 0.2


@dataclass(frozen=True)
class Table:
    """A table with its task.

    Attributes
    ----------
    name : str
    target : str
    metric : str
        What all systems are to make best, by our name for it.
    positive : str or None
        Of two classes the one whose probability counts; None for a regression.
    file : str
        Name of the CSV file without its ending; by default the table's own.
    is_renamed : bool
        Whether all columns but the target get names that say nothing, in another order.
    """

    name: str
    target: str
    metric: str
    positive: str | None = None
    file: str = ""
    is_renamed: bool = False

    @property
    def is_classification(self) -> bool:
        """Whether classes are predicted."""
        return self.positive is not None


TABLES = {
    table.name: table
    for table in (
        Table("california_housing", "median_house_value", "mae"),
        Table("california_renamed", "median_house_value", "mae", file="california_housing", is_renamed=True),
        Table("bank_marketing", "y", "log_loss", positive="yes"),
        Table("house_prices", "SalePrice", "rmsle"),
    )
}


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
    """Divide a table as scikit-learn's ``train_test_split`` does, 20 % to test on, in equal shares of classes.

    Cells stay the text that they are: what ``NA`` means is for each system to say.

    Parameters
    ----------
    table : Table
    data : Path
        Folder with the CSV file.
    folder : Path
        Where the parts are written.
    seed : int
    """
    import pandas as pd
    from sklearn.model_selection import train_test_split

    whole = data / f"{table.file or table.name}.csv"
    frame = pd.read_csv(whole, dtype=str, keep_default_na=False)
    if table.is_renamed:
        frame, whole = _rename(frame, table.target), folder / "whole.csv"
        frame.to_csv(whole, index=False)
    strata = frame[table.target] if table.is_classification else None
    train, test = train_test_split(frame, test_size=HOLDOUT_FRACTION, random_state=seed, stratify=strata)
    parts = {"train": train, "test": test}
    for name, part in parts.items():
        part.to_csv(folder / f"{name}.csv", index=False)
    return Parts(whole, folder / "train.csv", folder / "test.csv", read_actual(table, folder / "test.csv"))


def read_actual(table: Table, test: Path) -> np.ndarray:
    """Return the target of the rows to test on: numbers, or 1.0 for the positive class."""
    import pandas as pd

    target = pd.read_csv(test, dtype=str, keep_default_na=False)[table.target]
    return (target == table.positive).to_numpy(float) if table.is_classification else target.to_numpy(float)


def _rename(frame: pd.DataFrame, target: str) -> pd.DataFrame:
    columns = [name for name in frame.columns if name != target]
    random.Random(0).shuffle(columns)  # noqa: S311 - any other order will do
    return frame[[*columns, target]].rename(columns={name: f"v{number}" for number, name in enumerate(columns, 1)})
