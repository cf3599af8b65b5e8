"""Divides a program, for one row, into what depends on one feature each, and the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from regression_model.compiled.folding import TextTable, find_sources, fold, keep_read, split_requirement, union_sources
from regression_model.compiled.operations import Operation
from regression_model.compiled.operations.draws import Draw
from regression_model.compiled.program import Steps
from regression_model.compiled.row_numbers import NumberPart, find_number_part


@dataclass(frozen=True)
class Division:
    """A program, divided.

    Attributes
    ----------
    tables : tuple of TextTable
        One for each feature of text.
    parts : tuple of NumberPart
        One for each feature of numbers whose own slots can be computed by themselves; of others there is nothing to
        compute but what ``rest`` does.
    rest : tuple of Operation
        What depends on several features, in order, with all that it is computed from.
    features : tuple of int
        Features that ``rest`` or the model read as they are, and those that are in no part or table.
    slots : tuple of int
        Those of the model that ``rest`` computes.
    """

    tables: tuple[TextTable, ...]
    parts: tuple[NumberPart, ...]
    rest: tuple[Operation, ...]
    features: tuple[int, ...]
    slots: tuple[int, ...]


def divide(steps: Steps, columns: Sequence[int]) -> Division:
    """Divide a program.

    Parameters
    ----------
    steps : Steps
    columns : sequence of int
        Slots that the model reads.
    """
    folded = fold(steps, columns)
    single = [item for operation in steps.operations for item in split_requirement(operation)]
    sources = find_sources(steps, single)
    numbers = [feature for feature, kind in enumerate(steps.inputs) if kind == "number"]
    own: dict[frozenset[int], list[Operation]] = {frozenset((feature,)): [] for feature in numbers}
    others: list[Operation] = []
    for operation in folded.operations:
        of_feature = None if isinstance(operation, Draw) else own.get(union_sources(sources, operation))
        (others if of_feature is None else of_feature).append(operation)
    parts = []
    for feature in numbers:
        source = frozenset((feature,))
        read = [slot for slot in dict.fromkeys(columns) if sources[slot] == source]
        part = find_number_part(feature, own[source], read)
        if part is None:
            others += own[source]
        else:
            parts.append(part)
    done = {slot for part in parts for slot in part.slots} | {slot for table in folded.tables for slot in table.slots}
    slots = [slot for slot in dict.fromkeys(columns) if slot not in done]
    rest = _find_rest(folded.operations, others, set(slots))
    needed = {slot for operation in rest for slot in operation.inputs} | set(slots)
    # A feature that nothing reads has to be what it should be, too.
    checked = {part.feature for part in parts} | {table.feature for table in folded.tables}
    features = [feature for feature in range(len(steps.inputs)) if feature in needed or feature not in checked]
    return Division(folded.tables, tuple(parts), tuple(rest), tuple(features), tuple(slots))


def _find_rest(operations: Sequence[Operation], others: Sequence[Operation], read: set[int]) -> list[Operation]:
    """Find what is left to compute, and all that it is computed from; what fails for one feature is checked there."""
    ids = {id(item) for item in others}
    kept = {id(item) for item in keep_read([item for item in operations if id(item) in ids], read)}
    rest = []
    for operation in reversed(operations):
        if id(operation) in kept or not read.isdisjoint(operation.outputs):
            read.update(operation.inputs)
            rest.append(operation)
    return rest[::-1]
