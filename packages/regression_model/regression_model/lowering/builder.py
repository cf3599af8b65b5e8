"""Collects the operations of a compiled pipeline while its steps are lowered, one after the other."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from regression_model.compiled.columns import Kind
from regression_model.errors import NotLowerableError
from regression_model.lowering.knowledge import Dates, Known, Numbers, Texts, of_feature

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from regression_model.schema import Schema

_K = TypeVar("_K", Numbers, Texts, Dates)

LARGEST_SINGLE = math.nextafter(2.0**128 - 2.0**103, 0.0)
"""The largest number that is not rounded to infinity in 32 bits."""


@dataclass(frozen=True)
class Stage:
    """What there is behind a step of the pipeline.

    Attributes
    ----------
    step : str
        Name of the step.
    columns : dict of str to int
        The columns that leave it, in order, with the slots that hold them.
    n_operations : int
        How many of the operations belong to it and the steps before it.
    """

    step: str
    columns: Mapping[str, int]
    n_operations: int


class Builder:
    """Numbers the slots, and knows which column is in which of them at this point of the pipeline.

    Parameters
    ----------
    schema : Schema
        Its features are the first slots, in order, and the columns that enter the first step.

    Attributes
    ----------
    step : str
        Name of the step that is being lowered.
    columns : dict of str to int
        The columns at this point, in order, with their slots.
    known : list of Numbers, Texts or Dates
        What is known of each slot. Only of rows that have not failed yet.
    operations : list of dict
    may_fail : list of bool
        For each operation whether it can fail a row.
    stages : list of Stage
        One for each step that is done.
    arrays : dict of str to ndarray
    texts : dict of str to str
    """

    def __init__(self, schema: Schema) -> None:
        self.step = ""
        self.columns: dict[str, int] = {feature.name: slot for slot, feature in enumerate(schema)}
        self.known: list[Known] = [of_feature(feature) for feature in schema]
        self.inputs: list[Kind] = [known.kind for known in self.known]
        self.operations: list[dict[str, Any]] = []
        self.may_fail: list[bool] = []
        self.stages: list[Stage] = []
        self.arrays: dict[str, NDArray[Any]] = {}
        self.texts: dict[str, str] = {}
        self._constants: dict[tuple[str, object], int] = {}
        self._shared: dict[str, list[int]] | None = None
        self._named: dict[tuple[str, str], str] = {}

    def refuse(self, reason: str) -> NotLowerableError:
        """Make the error that says why the step can't be lowered."""
        return NotLowerableError(self.step, reason)

    def share(self) -> None:
        """From here on give the slots of an equal operation, and the name of an equal array, instead of another one.

        Members of an ensemble often begin with the same steps.
        """
        self._shared = {}

    def end_step(self) -> None:
        """Note what there is behind the step that is done."""
        self.stages.append(Stage(self.step, dict(self.columns), len(self.operations)))

    # Columns

    def slot(self, column: str) -> int:
        """Return the slot of a column.

        Raises
        ------
        NotLowerableError
            If there is no such column.
        """
        if column not in self.columns:
            raise self.refuse(f"there is no column {column!r} at this point")
        return self.columns[column]

    def drop(self, names: Iterable[str]) -> None:
        """Leave out columns."""
        for name in names:
            self.slot(name)
            del self.columns[name]

    def reorder(self, names: Sequence[str]) -> None:
        """Bring the columns into the order that a step was fitted with.

        Raises
        ------
        NotLowerableError
            If they are not the same columns.
        """
        if sorted(names) != sorted(self.columns):
            raise self.refuse(f"it was fitted with the columns {list(names)}, but {list(self.columns)} arrive")
        self.columns = {name: self.columns[name] for name in names}

    def column_slots(self) -> list[int]:
        """Return the slots of all columns, which have to hold numbers, in order."""
        for slot in self.columns.values():
            self.numbers(slot)
        return list(self.columns.values())

    # What is known

    def numbers(self, slot: int) -> Numbers:
        """Return what is known of a slot of numbers; raise `NotLowerableError` if it holds anything else."""
        return self._of_kind(slot, Numbers)

    def categories(self, slot: int) -> Texts:
        """Return what is known of a slot of texts; raise `NotLowerableError` if it holds anything else."""
        return self._of_kind(slot, Texts)

    def dates(self, slot: int) -> Dates:
        """Return what is known of a slot of dates; raise `NotLowerableError` if it holds anything else."""
        return self._of_kind(slot, Dates)

    def _of_kind(self, slot: int, kind: type[_K]) -> _K:
        known = self.known[slot]
        if not isinstance(known, kind):
            raise self.refuse(f"it works on slots of kind {kind.kind!r}, but slot {slot} holds {known.kind!r}")
        return known

    # Operations

    def emit(self, name: str, source: int | Sequence[int], output: Known, **parameters: Any) -> int:  # noqa: ANN401
        """Add an operation with one result that can't fail a row; see `emit_all`.

        Returns
        -------
        int
            Slot of the result. Where the result is known beforehand this is the slot of a constant.
        """
        if isinstance(output, Numbers) and output.only_value is not None:
            return self.constant("number", output.only_value)
        return self.emit_all(name, source, [output], single=True, **parameters)[0]

    def emit_all(
        self,
        name: str,
        source: int | Sequence[int],
        outputs: Sequence[Known],
        *,
        may_fail: bool = False,
        single: bool = False,
        **parameters: Any,  # noqa: ANN401 - what the operation says
    ) -> list[int]:
        """Add an operation.

        Parameters
        ----------
        name : str
        source : int or sequence of int
            Slots that it reads.
        outputs : sequence of Numbers, Texts or Dates
            What is known of its results, each of which gets a slot.
        may_fail : bool
            Whether it can fail a row.
        single : bool
            Whether the operation says its result as one number and not as a list.
        **parameters
            All else that the operation says.

        Returns
        -------
        list of int
            The slots of the results.
        """
        read = source if isinstance(source, int) else list(source)
        key = "" if self._shared is None else json.dumps([name, read, parameters], sort_keys=True)
        if self._shared is not None and key in self._shared:
            return list(self._shared[key])
        slots = list(range(len(self.known), len(self.known) + len(outputs)))
        self.known.extend(outputs)
        if self._shared is not None:
            self._shared[key] = slots
        self.operations.append({"op": name, "in": read, "out": slots[0] if single else slots, **parameters})
        self.may_fail.append(may_fail)
        return slots

    def constant(self, kind: str, value: float | str | None) -> int:
        """Return a slot that holds the same in every row; None is missing. Dates are ISO 8601 text."""
        if isinstance(value, float) and math.isinf(value):
            raise self.refuse("it makes a column that is infinite in every row")
        if (kind, value) not in self._constants:
            slot = len(self.known)
            self.known.append(_known_constant(kind, value))
            self.operations.append({"op": "constant", "out": slot, "kind": kind, "value": value})
            self.may_fail.append(False)
            self._constants[kind, value] = slot
        return self._constants[kind, value]

    def require(
        self, slots: Iterable[int], *, missing: bool = False, infinite: bool = False, single_precision: bool = False
    ) -> None:
        """Fail the rows in which one of these slots is missing, infinite, or too large for 32 bits.

        Parameters
        ----------
        slots : iterable of int
        missing, infinite, single_precision : bool
            Which of the three are to fail a row. Slots of which it is known that they never are, are left out.
        """
        chosen = []
        for slot in dict.fromkeys(slots):
            known = self.known[slot]
            wrong = missing and known.missing
            if isinstance(known, Numbers):
                wrong |= infinite and known.can_be_infinite
                wrong |= single_precision and known.exceeds(LARGEST_SINGLE)
            if wrong:
                chosen.append(slot)
                self.known[slot] = self._required(known, missing, infinite, single_precision)
        if chosen:
            flags = {"missing": missing, "infinite": infinite, "single_precision": single_precision}
            self.operations.append({"op": "require", "in": chosen, **flags})
            self.may_fail.append(True)

    def _required(self, known: Known, missing: bool, infinite: bool, single_precision: bool) -> Known:
        """Say what is known of a slot in rows that did not fail."""
        if missing:
            known = known.present()
        if isinstance(known, Numbers) and not known.is_empty and (infinite or single_precision):
            largest = LARGEST_SINGLE if single_precision else math.nextafter(math.inf, 0)
            known = Numbers(max(known.lower, -largest), min(known.upper, largest), known.missing)
        return known

    def add_array(self, name: str, values: NDArray[np.generic]) -> str:
        """Keep an array under a name that is not taken yet, which is returned."""
        key = (name, _digest(values) if self._shared is not None else "")
        if self._shared is not None and key in self._named:
            return self._named[key]
        free = name
        number = 2
        while free in self.arrays:
            free, number = f"{name}_{number}", number + 1
        self.arrays[free] = values
        self._named[key] = free
        return free

    def add_text(self, name: str, text: str) -> str:
        """Keep a text under a name that is not taken yet, which is returned."""
        free = name if name not in self.texts else f"{name}_{len(self.texts) + 1}"
        self.texts[free] = text
        return free


def _digest(values: NDArray[np.generic]) -> str:
    described = f"{values.dtype.str} {values.shape} ".encode()
    return hashlib.sha256(described + values.tobytes()).hexdigest()


def _known_constant(kind: str, value: float | str | None) -> Known:
    if kind == "text":
        return Texts(frozenset() if value is None else frozenset([str(value)]), value is None)
    if kind == "date":
        return Dates(value is None)
    number = math.nan if value is None else float(value)
    return Numbers(math.inf, -math.inf, missing=True) if math.isnan(number) else Numbers(number, number, missing=False)
