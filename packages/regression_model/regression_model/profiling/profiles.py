"""What profiling finds out: of each column, of the target, and of the table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from regression_model.build_context import Task
from regression_model.schema import Dtype

LooksLike = Literal[
    "number",
    "integer",
    "year",
    "boolean",
    "datetime",
    "category",
    "code",
    "identifier",
    "constant",
    "mostly missing",
    "free text",
    "unreadable",
    "copy",
    "leak",
]
"""What a column seems to be, judged by its name and its values."""

HAS_TIME = "with the time of day"
"""The note of dates that are not all at midnight."""

_ROLES: dict[LooksLike, Dtype] = {
    "number": "number",
    "integer": "integer",
    "year": "integer",
    "boolean": "boolean",
    "datetime": "datetime",
    "category": "category",
    "code": "category",
}


@dataclass(frozen=True)
class ColumnProfile:
    """One column of the table, the target excepted.

    Attributes
    ----------
    name : str
    looks_like : str
        One of `LooksLike`.
    n_missing, n_unique : int
        Rows without a value, and distinct values in the others.
    examples : tuple of str
        Its most frequent values as text, at most five; of dates, the first and the last.
    shares : tuple of float
        The share of the rows that holds each example, in (0, 1]; of dates none.
    minimum, maximum, skew : float or None
        Of numbers. The skew is the adjusted Fisher-Pearson coefficient (`pandas.Series.skew`).
    n_rare : int
        Of categories: how many are too rare to learn from on their own.
    on_unseen : {"other", "reject"}
        Of categories: what to do with one that is not in the table.
    reason : str
        Why it is left out; empty if it is not.
    note : str
        What a reader of the config should know of it besides; may be empty.
    """

    name: str
    looks_like: LooksLike
    n_missing: int
    n_unique: int
    examples: tuple[str, ...] = ()
    shares: tuple[float, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    skew: float | None = None
    n_rare: int = 0
    on_unseen: Literal["other", "reject"] = "other"
    reason: str = ""
    note: str = ""

    @property
    def role(self) -> Dtype | None:
        """Its role in the config, or None if it is left out."""
        return None if self.reason else _ROLES[self.looks_like]


@dataclass(frozen=True)
class TargetProfile:
    """The column to predict.

    Attributes
    ----------
    column : str
    task : {"regression", "classification"}
    reason : str
        Why that task.
    transform : {"none", "log"}
    transform_reason : str
        Why that transform; empty for a classification.
    n_missing, n_unique : int
    classes : dict of str to int
        For a classification: rows of each class, most frequent first.
    positive_class : str or None
        For two classes of which one says yes: that one.
    """

    column: str
    task: Task
    reason: str
    transform: Literal["none", "log"]
    transform_reason: str
    n_missing: int
    n_unique: int
    classes: dict[str, int]
    positive_class: str | None = None


@dataclass(frozen=True)
class TableProfile:
    """A table with a column to predict.

    Attributes
    ----------
    n_rows : int
    target : TargetProfile
    columns : tuple of ColumnProfile
        All others, in the order of the table.
    rare_fraction : float
        Share of the rows below which a category counts as rare, in (0, 1).
    strongest : str or None
        The feature that says most of the target on its own: the first to suspect of being known only after
        the outcome.
    year_reference : str or None
        A year that no other year in the table lies behind: what ages are counted from.
    """

    n_rows: int
    target: TargetProfile
    columns: tuple[ColumnProfile, ...]
    rare_fraction: float
    strongest: str | None
    year_reference: str | None = None

    def features(self, *roles: Dtype) -> list[ColumnProfile]:
        """Return the columns that the model may read, of some roles or of all."""
        return [column for column in self.columns if column.role is not None and (not roles or column.role in roles)]

    def left_out(self) -> list[ColumnProfile]:
        """Return the columns that the model must not read."""
        return [column for column in self.columns if column.role is None]
