"""Reads the document of one operation, and takes nothing on trust."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from regression_model.compiled.columns import Kind
from regression_model.errors import ArtifactIntegrityError


class Fields:
    """The entries of an operation's document, checked one by one.

    Parameters
    ----------
    document : object
        As it was read from JSON.
    place : str
        Where it is, for messages.
    kinds : mapping of int to kind
        What the slots hold that have been written so far.
    arrays : mapping of str to ndarray
        Of the whole program.

    Raises
    ------
    ArtifactIntegrityError
        From all methods, with the place and what is wrong there.
    """

    def __init__(
        self, document: object, place: str, kinds: Mapping[int, Kind], arrays: Mapping[str, NDArray[Any]]
    ) -> None:
        self._place = place
        if not isinstance(document, dict):
            self.refuse(f"has to be an object, got {type(document).__name__}")
        self._left = dict(document)
        self._kinds = kinds
        self._arrays = arrays

    def refuse(self, what: str) -> NoReturn:
        """Raise the error that says what is wrong here."""
        raise ArtifactIntegrityError(f"{self._place} {what}")

    def take(self, key: str) -> Any:  # noqa: ANN401 - as it was read
        """Return an entry as it is."""
        if key not in self._left:
            self.refuse(f"lacks {key!r}")
        return self._left.pop(key)

    def finish(self) -> None:
        """Refuse entries that nothing has read."""
        if self._left:
            self.refuse(f"has entries that mean nothing: {', '.join(sorted(map(repr, self._left)))}")

    def number(self, key: str) -> float:
        """Return a finite number."""
        return self._number(self.take(key), key)

    def number_or_null(self, key: str) -> float | None:
        """Return a finite number, or None."""
        value = self.take(key)
        return None if value is None else self._number(value, key)

    def choice(self, key: str, choices: Sequence[str]) -> str:
        """Return a text that is one of some."""
        value = self.take(key)
        if not isinstance(value, str) or value not in choices:
            self.refuse(f"has no {key!r} that is one of {', '.join(choices)}")
        return value

    def number_or_word(self, key: str, words: Sequence[str]) -> float | str:
        """Return a finite number, or one of some texts."""
        value = self.take(key)
        return value if isinstance(value, str) and value in words else self._number(value, key)

    def flag(self, key: str) -> bool:
        """Return true or false."""
        value = self.take(key)
        if not isinstance(value, bool):
            self.refuse(f"has a {key!r} that is neither true nor false")
        return value

    def text(self, key: str) -> str:
        """Return a text."""
        value = self.take(key)
        if not isinstance(value, str):
            self.refuse(f"has a {key!r} that is no text")
        return value

    def text_or_null(self, key: str) -> str | None:
        """Return a text, or None."""
        value = self.take(key)
        if not isinstance(value, str | None):
            self.refuse(f"has a {key!r} that is neither text nor null")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts."""
        return self.as_texts(self.take(key), key)

    def as_texts(self, value: object, key: str) -> tuple[str, ...]:
        """Check that a value is a list of texts."""
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.refuse(f"has a {key!r} that is no list of texts")
        return tuple(value)

    def as_numbers(self, value: object, key: str) -> tuple[float, ...]:
        """Check that a value is a list of finite numbers."""
        if not isinstance(value, list):
            self.refuse(f"has a {key!r} that is no list of numbers")
        return tuple(self._number(item, key) for item in value)

    def whole(self, key: str, below: int) -> int:
        """Return a whole number that is at least 0 and less than a bound."""
        value = self.take(key)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < below:
            self.refuse(f"has a {key!r} that is no whole number from 0 to {below - 1}")
        return value

    def table(self, key: str) -> dict[str, float]:
        """Return an object from texts to finite numbers."""
        value = self.take(key)
        if not isinstance(value, dict):
            self.refuse(f"has a {key!r} that is no object")
        return {text: self._number(item, key) for text, item in value.items()}

    def array(self, key: str, kinds: str, n_dimensions: int) -> NDArray[Any]:
        """Return an array that is named, with a dtype of one of some kinds (``"f"``, ``"i"``) and a number of axes."""
        name = self.take(key)
        if not isinstance(name, str) or name not in self._arrays:
            self.refuse(f"has a {key!r} that names no array")
        array = self._arrays[name]
        if array.dtype.kind not in kinds or array.ndim != n_dimensions:
            self.refuse(
                f"has a {key!r} whose array {name!r} is {array.dtype} with {array.ndim} axes; expected "
                f"{n_dimensions} and a dtype of kind {' or '.join(kinds)}"
            )
        return array

    def doubles(self, key: str, n_dimensions: int) -> NDArray[np.float64]:
        """Return an array of double precision that is named, as it is: those who name it share it."""
        array = self.array(key, "f", n_dimensions)
        if array.dtype != np.float64:
            self.refuse(f"has a {key!r} whose array is {array.dtype}; expected float64")
        return array

    def source(self, *kinds: Kind) -> int:
        """Return the slot that is read, which holds one of some kinds; any by default."""
        return self._slot(self.take("in"), kinds)

    def sources(self, *kinds: Kind, key: str = "in", at_least: int = 1) -> tuple[int, ...]:
        """Return the slots that are read."""
        value = self.take(key)
        if not isinstance(value, list) or len(value) < at_least:
            self.refuse(f"has a {key!r} that is no list of {at_least} or more slots")
        return tuple(self._slot(item, kinds) for item in value)

    def kind(self, slot: int) -> Kind:
        """Say what a slot holds that is read."""
        return self._kinds[slot]

    def target(self) -> int:
        """Return the slot that is written."""
        return self._new_slot(self.take("out"))

    def targets(self) -> tuple[int, ...]:
        """Return the slots that are written, different ones."""
        value = self.take("out")
        if not isinstance(value, list):
            self.refuse("has an 'out' that is no list of slots")
        slots = tuple(self._new_slot(item) for item in value)
        if len(set(slots)) < len(slots):
            self.refuse("writes a slot twice")
        return slots

    def _number(self, value: object, key: str) -> float:
        if isinstance(value, int | float) and not isinstance(value, bool):
            try:
                number = float(value)
            except OverflowError:
                number = math.inf
            if math.isfinite(number):
                return number
        self.refuse(f"has in {key!r} what is no finite number")

    def _slot(self, value: object, kinds: tuple[Kind, ...]) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value not in self._kinds:
            self.refuse(f"reads {value!r:.40}, which is no slot that has been written before")
        if kinds and self._kinds[value] not in kinds:
            self.refuse(f"reads slot {value}, which holds a {self._kinds[value]}; expected a {' or '.join(kinds)}")
        return value

    def _new_slot(self, value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value < 0 or value in self._kinds:
            self.refuse(f"writes {value!r:.40}, which is no new slot")
        return value


def check_same_length(fields: Fields, what: str, *lengths: int) -> None:
    """Refuse lists that belong together and differ in length."""
    if len(set(lengths)) > 1:
        fields.refuse(f"has {what} of different lengths: {', '.join(map(str, lengths))}")


def check_array_finite(fields: Fields, array: NDArray[Any], what: str) -> None:
    """Refuse an array that holds NaN or infinite values."""
    if not np.isfinite(array).all():
        fields.refuse(f"has {what} that are not finite")
