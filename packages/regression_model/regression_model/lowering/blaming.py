"""Finds the first step behind which the compiled form and the pipeline differ for a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from regression_model.ensembling import PipelineEnsemble
from regression_model.lowering.preprocessing import lower_steps
from regression_model.lowering.replaying import Replay, replay
from regression_model.processing.validation import validate_inputs

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from regression_model.schema import Schema

_RELATIVE_TOLERANCE = 1e-9


def find_first_difference(pipeline: Pipeline, schema: Schema, row: Any) -> tuple[str, str]:  # noqa: ANN401 - as sent
    """Compare the columns behind each step.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted.
    schema : Schema
    row : object
        One row in wire form that is answered differently.

    Returns
    -------
    step : str
        Name of the first step that differs: ``validation``, one of the pipeline's, or its last one, the model, if
        nothing differs before it.
    what : str
        What differs there. No value of the row is in it.
    """
    frame = validate_inputs(input_data=[row], schema=schema).frame
    if not len(frame):
        return "validation", "the row is refused before any step"
    for way in _list_ways(pipeline):
        found = _find_in_steps(way, schema, frame)
        if found is not None:
            return found
    return pipeline.steps[-1][0], "the columns that reach it agree"


def _list_ways(pipeline: Pipeline) -> list[Pipeline]:
    """Return the pipeline; of an ensemble one for each member, whose steps are called by its name, too."""
    *common, (_, model) = pipeline.steps
    if not isinstance(model, PipelineEnsemble):
        return [pipeline]
    return [
        type(pipeline)([*common, *((f"{name}.{step}", part) for step, part in member.steps)])
        for name, member in model.members_
    ]


def _find_in_steps(pipeline: Pipeline, schema: Schema, frame: pd.DataFrame) -> tuple[str, str] | None:
    replays = replay(lower_steps(pipeline, schema), schema, frame)
    rows: pd.DataFrame | None = frame
    for (name, transformer), replayed in zip(pipeline.steps[:-1], replays, strict=True):
        if rows is None:
            break  # neither has a result for the row, and nothing comes behind
        rows = _transform(transformer, rows)
        difference = _find_difference(rows, replayed)
        if difference is not None:
            return name, difference
    return None


def _transform(transformer: Any, rows: pd.DataFrame) -> pd.DataFrame | None:  # noqa: ANN401 - any transformer
    try:
        with np.errstate(all="ignore"):
            frame: pd.DataFrame = transformer.transform(rows)
    except Exception:  # noqa: BLE001 - whatever it raises, it has no result
        return None
    return frame


def _find_difference(rows: pd.DataFrame | None, replayed: Replay) -> str | None:
    failed = bool(replayed.failed.any())
    if rows is None or failed:
        if rows is None and failed:
            return None
        return "only the compiled form has no result" if failed else "only the pipeline has no result"
    if list(rows.columns) != list(replayed.columns):
        return "the names of the columns differ"
    for name, found in replayed.columns.items():
        if not are_equal(rows[name], found):
            return f"the column {name!r} differs"
    return None


def are_equal(expected: pd.Series[Any], found: np.ndarray[Any, Any]) -> bool:
    """Say whether a column of the pipeline's and one of the compiled form hold the same, numbers to 1e-9 relative."""
    missing = pd.isna(expected).to_numpy()
    if not np.array_equal(missing, pd.isna(found)):
        return False
    left, right = expected.to_numpy()[~missing], found[~missing]
    if found.dtype.kind == "f":
        left = left.astype(np.float64)
        return bool(np.all((left == right) | np.isclose(left, right, rtol=_RELATIVE_TOLERANCE, atol=0)))
    if found.dtype.kind == "M":
        left = left.astype(found.dtype)
    return bool(np.array_equal(left, right))
