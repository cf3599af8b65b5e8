"""Computes the columns behind each step from the lowered operations, to compare them with the pipeline's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from regression_model.compiled.columns import Column, Flags, Kind, Texts
from regression_model.compiled.operations import read_operation

if TYPE_CHECKING:
    from regression_model.lowering.builder import Builder
    from regression_model.schema import Schema


@dataclass(frozen=True)
class Replay:
    """What there is behind a step, computed from the operations.

    Attributes
    ----------
    step : str
    columns : dict of str to ndarray of shape (n_rows,)
        By name, in order: float64, objects (text or None) or datetime64.
    failed : ndarray of bool of shape (n_rows,)
        Rows that have failed by then.
    """

    step: str
    columns: Mapping[str, np.ndarray[Any, Any]]
    failed: Flags


def replay(builder: Builder, schema: Schema, frame: pd.DataFrame) -> list[Replay]:
    """Compute the columns behind each step.

    Parameters
    ----------
    builder : Builder
        With all operations of the steps; see `lower_steps`.
    schema : Schema
    frame : DataFrame of shape (n_rows, n_features)
        Model-ready rows with the features of the schema.

    Returns
    -------
    list of Replay
        One for each step.
    """
    slots = {slot: read_column(frame[feature.name]) for slot, feature in enumerate(schema)}
    kinds: dict[int, Kind] = dict(enumerate(builder.inputs))
    failed = np.zeros(len(frame), dtype=bool)
    replays = []
    done = 0
    for stage in builder.stages:
        for document in builder.operations[done : stage.n_operations]:
            _run(document, builder, slots, kinds, failed)
        done = stage.n_operations
        columns = {name: _as_array(slots[slot]) for name, slot in stage.columns.items()}
        replays.append(Replay(stage.step, columns, failed.copy()))
    return replays


def _run(
    document: dict[str, Any], builder: Builder, slots: dict[int, Column], kinds: dict[int, Kind], failed: Flags
) -> None:
    operation = read_operation(document, document["op"], kinds, builder.arrays)
    results: Sequence[Column] = operation.apply_columns([slots[slot] for slot in operation.inputs], failed)
    slots.update(zip(operation.outputs, results, strict=True))
    kinds.update(zip(operation.outputs, operation.output_kinds, strict=True))


def read_column(column: pd.Series[Any]) -> Column:
    """Turn a column of a model-ready frame into what operations work on."""
    if column.dtype.kind in "iufb":
        return column.to_numpy(dtype=np.float64)
    if column.dtype.kind == "M":
        return column.to_numpy(dtype="datetime64[us]")
    codes, texts = pd.factorize(column.to_numpy(dtype=object))
    return Texts(codes.astype(np.int32), [str(text) for text in texts])


def _as_array(column: Column) -> np.ndarray[Any, Any]:
    return np.array([*column.to_list(), None], dtype=object)[:-1] if isinstance(column, Texts) else column
