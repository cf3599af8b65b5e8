"""Works out ahead of all rows what can be: all that the operations make of each text that they know.

A column of categories usually goes through several operations (missing ones filled, rare ones grouped, then a code or a
column of 0 and 1 for each) that look at nothing else. What comes out is a table from its texts to numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np

from regression_model.compiled.columns import Column, Flags, Floats, Texts
from regression_model.compiled.operations import Operation
from regression_model.compiled.operations.draws import Draw
from regression_model.compiled.operations.requirements import Require
from regression_model.compiled.program import Steps

_MOST_CELLS = 200_000
"""A table that would be larger, such as that of a thousand categories with a column for each, is not made."""

_MOST_CELLS_TOGETHER = 2_000_000
"""Of all tables; the smallest are made first."""

_EVERYTHING = -1
"""Stands among the features that a slot depends on for: it depends on more than tables can tell."""


@dataclass(frozen=True, eq=False)
class TextTable:
    """What becomes of one feature of text.

    Attributes
    ----------
    feature : int
        Its position in the schema.
    texts : tuple of str
        The texts that the operations know.
    slots : tuple of int
        Slots of numbers that depend on this feature alone, as far as something reads them.
    values : ndarray of shape (n_texts + 2, n_slots)
        For each text the numbers in those slots; then those of any other text, and at the end those of a missing one.
    failed : ndarray of bool of shape (n_texts + 2,)
        For which of them there is no result.
    """

    feature: int
    texts: tuple[str, ...]
    slots: tuple[int, ...]
    values: Floats
    failed: Flags


@dataclass(frozen=True)
class Folded:
    """The steps of a program, divided.

    Attributes
    ----------
    tables : tuple of TextTable
        One for each feature of text; empty where it would be too large.
    operations : tuple of Operation
        What is left to compute for each row, in order; they read features and the slots of tables.
    text_features : frozenset of int
        Features of text that those read themselves.
    """

    tables: tuple[TextTable, ...]
    operations: tuple[Operation, ...]
    text_features: frozenset[int]


def fold(steps: Steps, columns: Iterable[int]) -> Folded:
    """Divide the steps of a program into tables and the rest.

    Parameters
    ----------
    steps : Steps
    columns : iterable of int
        Slots that the model reads; what only others depend on is left out, unless it can fail.

    Returns
    -------
    Folded
    """
    operations = [single for operation in steps.operations for single in split_requirement(operation)]
    sources = find_sources(steps, operations)
    texts = frozenset(feature for feature, kind in enumerate(steps.inputs) if kind == "text")
    own: dict[int | None, list[Operation]] = {feature: [] for feature in (*sorted(texts), None)}
    for operation in operations:
        own[_find_text(sources, operation, texts)].append(operation)
    small = _find_small({feature: _count_cells(own[feature]) for feature in sorted(texts)})
    feature_of = [_find_text(sources, operation, small) for operation in operations]
    read = set(columns)
    kept = {id(item) for item in keep_read([o for o, f in zip(operations, feature_of, strict=True) if f is None], read)}
    # What is text still, although it depends on one feature only, is read together with others: it is computed again.
    read_texts = {slot for slot in read if steps.kinds[slot] == "text"}
    textual = [o for o, f in zip(operations, feature_of, strict=True) if f is not None and o.output_kinds == ("text",)]
    kept |= {id(item) for item in keep_read(textual, read_texts)}
    constants = [operation for operation in operations if not union_sources(sources, operation)]
    numbers = {slot for slot in read if steps.kinds[slot] == "number"}
    tables = [
        _tabulate(feature, constants, own[feature] if feature in small else [], numbers)
        for feature in own
        if feature is not None
    ]
    return Folded(tuple(tables), tuple(item for item in operations if id(item) in kept), texts & (read | read_texts))


def _find_small(n_cells: Mapping[int, int]) -> frozenset[int]:
    """Find the features whose tables are small, by themselves and together."""
    ascending = sorted(n_cells, key=n_cells.__getitem__)
    together = accumulate(n_cells[feature] for feature in ascending)
    return frozenset(
        feature
        for feature, total in zip(ascending, together, strict=True)
        if n_cells[feature] <= _MOST_CELLS and total <= _MOST_CELLS_TOGETHER
    )


def _count_cells(operations: Sequence[Operation]) -> int:
    n_slots = sum(len(operation.outputs) for operation in operations)
    return n_slots * sum(len(operation.mentioned_texts) for operation in operations)


def split_requirement(operation: Operation) -> list[Operation]:
    """Take a requirement on several slots apart: each depends on less."""
    if isinstance(operation, Require):
        return [replace(operation, inputs=(slot,)) for slot in operation.inputs]
    return [operation]


def union_sources(sources: Mapping[int, frozenset[int]], operation: Operation) -> frozenset[int]:
    """Find the features that an operation depends on."""
    return frozenset[int]().union(*(sources[slot] for slot in operation.inputs))


def find_sources(steps: Steps, operations: Sequence[Operation]) -> dict[int, frozenset[int]]:
    """Find the features that each slot depends on."""
    sources = {feature: frozenset((feature,)) for feature in range(len(steps.inputs))}
    for operation in operations:
        own = union_sources(sources, operation)
        # A draw hashes texts that nobody has listed.
        own = own | {_EVERYTHING} if isinstance(operation, Draw) else own
        sources.update(dict.fromkeys(operation.outputs, own))
    return sources


def _find_text(sources: Mapping[int, frozenset[int]], operation: Operation, texts: frozenset[int]) -> int | None:
    """Return the feature of text that an operation depends on, if it depends on nothing else."""
    own = union_sources(sources, operation)
    if isinstance(operation, Draw) or len(own) != 1 or not own <= texts:
        return None
    return next(iter(own))


def keep_read(operations: Sequence[Operation], read: set[int]) -> list[Operation]:
    """Leave out what nothing reads and what can't fail, and add to ``read`` what the others read."""
    kept = []
    for operation in reversed(operations):
        if operation.CAN_FAIL or not read.isdisjoint(operation.outputs):
            read.update(operation.inputs)
            kept.append(operation)
    return kept[::-1]


def _tabulate(feature: int, constants: Sequence[Operation], own: Sequence[Operation], numbers: Set[int]) -> TextTable:
    """Compute the slots of numbers that are read, for all texts that the operations know."""
    slots = [slot for operation in own for slot in operation.outputs if slot in numbers]
    texts = tuple(dict.fromkeys(text for operation in own for text in operation.mentioned_texts))
    other = "?" * (1 + max(map(len, texts), default=0))
    # The texts in order, another one, and a missing one, as rows of a column.
    codes = np.array([*range(len(texts) + 1), -1], dtype=np.int32)
    columns: dict[int, Column] = {feature: Texts(codes, [*texts, other])}
    failed = np.zeros(len(codes), dtype=bool)
    for operation in (*constants, *own):
        results = operation.apply_columns([columns[slot] for slot in operation.inputs], failed)
        columns.update(zip(operation.outputs, results, strict=True))
    values = np.column_stack([np.asarray(columns[slot]) for slot in slots]) if slots else np.zeros((len(codes), 0))
    return TextTable(feature, texts, tuple(slots), values, failed)
