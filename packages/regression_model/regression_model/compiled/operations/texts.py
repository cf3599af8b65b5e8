"""Operations from one text to another."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

from regression_model.compiled.columns import Kind
from regression_model.compiled.operations.base import RowFunction, TextOperation
from regression_model.compiled.operations.fields import Fields


@dataclass(frozen=True)
class FillText(TextOperation):
    """A text in place of a missing one."""

    value: str

    NAME = "fill_text"

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read the parameters; see `Operation.read`."""
        return cls((fields.source("text"),), (fields.target(),), fields.text("value"))

    @property
    def output_kinds(self) -> tuple[Kind, ...]:
        """What the output holds."""
        return ("text",)

    @property
    def mentioned_texts(self) -> Collection[str]:
        """The texts that the operation knows; see `Operation.mentioned_texts`."""
        return (self.value,)

    def row_function(self) -> RowFunction:
        """Return the function for one row; see `Operation.row_function`."""
        value = self.value

        def fill_text(text: str | None) -> str:
            return value if text is None else text

        return fill_text


@dataclass(frozen=True)
class RestrictText(TextOperation):
    """Another text, or none, in place of one that is not known; missing stays missing."""

    known: tuple[str, ...]
    other: str | None

    NAME = "restrict_text"

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Read the parameters; see `Operation.read`."""
        source, target = fields.source("text"), fields.target()
        return cls((source,), (target,), fields.texts("known"), fields.text_or_null("other"))

    @property
    def output_kinds(self) -> tuple[Kind, ...]:
        """What the output holds."""
        return ("text",)

    @property
    def mentioned_texts(self) -> Collection[str]:
        """The texts that the operation knows; see `Operation.mentioned_texts`."""
        return self.known if self.other is None else (*self.known, self.other)

    def row_function(self) -> RowFunction:
        """Return the function for one row; see `Operation.row_function`."""
        known, other = frozenset(self.known), self.other

        def restrict_text(text: str | None) -> str | None:
            return text if text is None or text in known else other

        return restrict_text
