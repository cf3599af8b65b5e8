"""Leaves out operations that no answer depends on, and numbers the slots anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any


def prune(
    operations: Sequence[dict[str, Any]], may_fail: Sequence[bool], n_inputs: int, needed: Iterable[int]
) -> tuple[list[dict[str, Any]], dict[int, int]]:
    """Keep what reaches the needed slots, and what can fail a row.

    Parameters
    ----------
    operations : sequence of dict
    may_fail : sequence of bool
        For each operation whether it can fail a row.
    n_inputs : int
        Number of features, whose slots keep their numbers.
    needed : iterable of int
        Slots that have to stay.

    Returns
    -------
    operations : list of dict
        In the same order; of a one-hot operation only the categories that are read.
    numbers : dict of int to int
        The new number of each slot that is left.
    """
    wanted = set(needed)
    kept = []
    for operation, fails in zip(reversed(operations), reversed(may_fail), strict=True):
        if fails or any(slot in wanted for slot in slots_written(operation)):
            kept.append(_narrow(operation, wanted) if operation["op"] == "one_hot" else operation)
            wanted.update(slots_read(operation))
    kept.reverse()
    numbers = {slot: slot for slot in range(n_inputs)}
    for operation in kept:
        for slot in slots_written(operation):
            numbers[slot] = len(numbers)
    return [_renumber(operation, numbers) for operation in kept], numbers


def slots_written(operation: dict[str, Any]) -> list[int]:
    """Return the slots that an operation writes."""
    return _as_list(operation.get("out", []))


def slots_read(operation: dict[str, Any]) -> list[int]:
    """Return the slots that an operation reads."""
    return [*_as_list(operation.get("in", [])), *operation.get("seeds", [])]


def _as_list(slots: int | list[int]) -> list[int]:
    return [slots] if isinstance(slots, int) else slots


def _narrow(operation: dict[str, Any], wanted: set[int]) -> dict[str, Any]:
    read = [pair for pair in zip(operation["categories"], operation["out"], strict=True) if pair[1] in wanted]
    return {**operation, "categories": [category for category, _ in read], "out": [slot for _, slot in read]}


def _renumber(operation: dict[str, Any], numbers: dict[int, int]) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    for key in ("in", "out", "seeds"):
        if key in operation:
            slots = operation[key]
            changed[key] = numbers[slots] if isinstance(slots, int) else [numbers[slot] for slot in slots]
    return {**operation, **changed}
