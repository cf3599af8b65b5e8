"""Reads the section of a program that describes its model, and believes nothing of it."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from regression_model.errors import ArtifactIntegrityError

_REMEDY = "train the model again or fetch the artifact again"


def refuse(message: str) -> ArtifactIntegrityError:
    """Make the error that says what is wrong with a compiled model."""
    return ArtifactIntegrityError(f"the compiled model can't be used: {message}; {_REMEDY}")


class Section:
    """One object of the document, with what it names.

    Parameters
    ----------
    content : mapping
        The object.
    arrays : mapping of str to ndarray
    texts : mapping of str to str
    n_columns : int
        Numbers that reach the model.
    """

    def __init__(
        self,
        content: object,
        arrays: Mapping[str, np.ndarray[Any, Any]],
        texts: Mapping[str, str],
        n_columns: int,
    ) -> None:
        if not isinstance(content, Mapping):
            raise refuse(f"'model' has to be an object, not {type(content).__name__}")
        self._content = content
        self._arrays = arrays
        self._texts = texts
        self.n_columns = n_columns

    def digest(self) -> bytes:
        """Return what sections of the same program share that describe the same model."""
        described = json.dumps([self.n_columns, self._content], sort_keys=True)
        return hashlib.sha256(described.encode()).digest()

    def count_bytes(self) -> int:
        """Return how long the arrays and texts are that the object names."""
        names = {value for value in self._content.values() if isinstance(value, str)}
        arrays = sum(array.nbytes for name, array in self._arrays.items() if name in names)
        return arrays + sum(len(text) for name, text in self._texts.items() if name in names)

    def count_all_bytes(self) -> int:
        """Return how long all arrays and texts of the program are."""
        return sum(array.nbytes for array in self._arrays.values()) + sum(map(len, self._texts.values()))

    def check_keys(self, *known: str) -> None:
        """Refuse keys that nobody would read."""
        unknown = sorted(str(key) for key in self._content if key not in ("kind", "link", *known))
        if unknown:
            raise refuse(f"'model' has unknown keys: {', '.join(unknown)}")

    def choice(self, key: str, allowed: tuple[str, ...]) -> str:
        """Return one of some words."""
        value = self._content.get(key)
        if not isinstance(value, str) or value not in allowed:
            raise refuse(f"'model.{key}' has to be one of {', '.join(allowed)}, not {value!r:.80}")
        return value

    def whole(self, key: str, *, maximum: int) -> int:
        """Return a whole number from 1 to ``maximum``."""
        value = self._content.get(key)
        if type(value) is not int or not 1 <= value <= maximum:
            raise refuse(f"'model.{key}' has to be a whole number from 1 to {maximum}, not {value!r:.80}")
        return value

    def numbers(self, key: str, length: int | None = None) -> list[float]:
        """Return a list of finite numbers, one at least."""
        return _numbers(self._content.get(key), f"'model.{key}'", length)

    def table(self, key: str, length: int, width: int) -> list[list[float]]:
        """Return a list of ``length`` lists of ``width`` finite numbers."""
        rows = self._content.get(key)
        if not isinstance(rows, list) or len(rows) != length:
            raise refuse(f"'model.{key}' has to be a list of {length} lists")
        return [_numbers(row, f"each list of 'model.{key}'", width) for row in rows]

    def array(self, key: str, dtype: type[np.generic], n_dimensions: int = 1) -> np.ndarray[Any, Any]:
        """Return the array that a key names, of exactly this type."""
        name = self._content.get(key)
        found = self._arrays.get(name) if isinstance(name, str) else None
        if found is None:
            raise refuse(f"'model.{key}' has to name one of the arrays, not {name!r:.80}")
        if found.dtype != np.dtype(dtype) or found.ndim != n_dimensions or not found.size:
            raise refuse(
                f"the array of 'model.{key}' has to have {n_dimensions} dimension(s), one entry at least, and the type "
                f"{np.dtype(dtype)}, not the shape {found.shape} and the type {found.dtype}"
            )
        return found

    def part(self, key: str, n_columns: int) -> Section:
        """Return an object inside of this one, about a model of so many columns."""
        return Section(self._content.get(key), self._arrays, self._texts, n_columns)

    def widen(self, n_columns: int) -> Section:
        """Return the same object, about a model of so many more columns."""
        return Section(self._content, self._arrays, self._texts, self.n_columns + n_columns)

    def members(self, *, maximum: int) -> list[tuple[tuple[int, ...], Section]]:
        """Return the members of an ensemble: positions of their columns, and the object that describes each."""
        listed = self._content.get("members")
        if not isinstance(listed, list) or not 1 <= len(listed) <= maximum:
            raise refuse(f"'model.members' has to be a list of 1 to {maximum} objects")
        return [self._read_member(item) for item in listed]

    def _read_member(self, item: object) -> tuple[tuple[int, ...], Section]:
        if not isinstance(item, Mapping) or set(item) != {"columns", "model"}:
            raise refuse("each of 'model.members' has to be an object with 'columns' and 'model'")
        columns = item["columns"]
        known = range(self.n_columns)
        if not isinstance(columns, list) or not columns or not all(type(n) is int and n in known for n in columns):
            raise refuse(f"'columns' of a member have to be positions below {self.n_columns}, one at least")
        return tuple(columns), Section(item["model"], self._arrays, self._texts, len(columns))

    def text(self, key: str) -> str:
        """Return the text that a key names."""
        name = self._content.get(key)
        found = self._texts.get(name) if isinstance(name, str) else None
        if found is None:
            raise refuse(f"'model.{key}' has to name one of the texts, not {name!r:.80}")
        return found


def _numbers(value: object, what: str, length: int | None) -> list[float]:
    if isinstance(value, list) and value and (length is None or len(value) == length):
        try:
            numbers = [float(item) for item in value if type(item) in (int, float)]
        except OverflowError:  # a whole number of more digits than a float holds
            numbers = []
        if len(numbers) == len(value) and all(map(math.isfinite, numbers)):
            return numbers
    raise refuse(f"{what} has to be a list of {'some' if length is None else length} finite numbers")
