"""Proves that the compiled form of a pipeline answers what the pipeline answers."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from regression_model.errors import CompiledMismatchError
from regression_model.lowering.adversarial_rows import build_adversarial_rows
from regression_model.lowering.blaming import find_first_difference
from regression_model.pipeline.answers import answer_inputs
from regression_model.processing.validation import validate_inputs
from regression_model.schema import PREDICTION_FAILED

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from regression_model.compiled import CompiledPipeline
    from regression_model.schema import Schema

RELATIVE_TOLERANCE = 1e-9
_SMALLEST_SIZE = 1e-3
"""A prediction that is nearly zero is the difference of larger numbers: it is compared as if it were this part of a
typical one, so that differences of 1e-12 typical predictions are let pass."""

_MAX_FAILING = 30
"""Rows, at most, that pass validation and that a step then fails for. The pipeline has to be asked for each of them
alone, which would take minutes where hundreds of columns may not be missing."""

_EXACT_INTEGERS = 2**53
"""Up to here every whole number is a float."""

Answer = dict[str, Any]
AnswerAll = Callable[[list[Any]], Iterator[tuple[int, Answer]]]


@dataclass(frozen=True)
class EqualityProof:
    """What was compared.

    Attributes
    ----------
    n_rows : int
        Rows that were predicted in both ways, each alone and together with the others.
    n_refused : int
        How many of them have errors, the same ones in both ways.
    largest_difference : float
        The largest relative difference of two predictions.
    """

    n_rows: int
    n_refused: int
    largest_difference: float

    def to_json(self) -> dict[str, float]:
        """Return a plain dictionary."""
        return asdict(self)


def prove_equality(
    pipeline: Pipeline, compiled: CompiledPipeline, schema: Schema, rows: Sequence[Mapping[str, Any]]
) -> EqualityProof:
    """Compare the compiled form of a pipeline with the pipeline, on these rows and on adversarial ones.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted.
    compiled : CompiledPipeline
    schema : Schema
    rows : sequence of mapping
        Usual rows, in wire form, that the pipeline did not learn from.

    Returns
    -------
    EqualityProof

    Raises
    ------
    CompiledMismatchError
        If a prediction differs by more than 1e-9 of its size, or a label or an error at all, for one row alone, among
        others, in columns or in arrays. It names the first step whose columns differ.
    """
    every = _leave_out_some(compiled, [*rows, *build_adversarial_rows(schema, rows)])
    inputs = validate_inputs(input_data=every, schema=schema)
    expected = answer_inputs(pipeline, inputs, doubtful=_find_failing(compiled, every))
    typical = _typical_size(expected)
    largest = 0.0
    for form, answer_all in _forms(compiled, schema).items():
        for position, found in _answer_rows(answer_all, every, form):
            difference = compare_answers(_answer_of(expected, position), found, typical)
            if difference > RELATIVE_TOLERANCE:
                raise _mismatch(pipeline, schema, every[position], f"row {position} {form}", difference)
            largest = max(largest, difference)
    return EqualityProof(len(every), len(expected["errors"]), largest)


def _leave_out_some(compiled: CompiledPipeline, rows: list[Any]) -> list[Any]:
    """Keep, of the rows that a step fails for, as many as there is time for, evenly chosen over the features."""
    failing = _find_failing(compiled, rows)
    chosen = np.linspace(0, max(0, len(failing) - 1), min(len(failing), _MAX_FAILING)).astype(int)
    left_out = set(failing) - {failing[index] for index in chosen}
    return [row for position, row in enumerate(rows) if position not in left_out]


def _find_failing(compiled: CompiledPipeline, rows: list[Any]) -> list[int]:
    """Return the rows that a step of the compiled form fails for; where it breaks, which is found out later, none."""
    try:
        errors = compiled.predict_rows(rows)["errors"]
    except Exception:  # noqa: BLE001 - whatever it raises
        return []
    return [row for row, found in errors.items() if PREDICTION_FAILED.to_json() in found]


def _answer_rows(answer_all: AnswerAll, rows: list[Any], form: str) -> Iterator[tuple[int, Answer]]:
    """Answer rows by the compiled form; whatever it raises must not stop the training."""
    try:
        yield from answer_all(rows)
    except Exception as error:
        raise CompiledMismatchError(
            "compiled", f"the compiled form can't answer rows {form}: {type(error).__name__}: {error}"
        ) from error


def _forms(compiled: CompiledPipeline, schema: Schema) -> dict[str, AnswerAll]:
    """Return the ways in which the compiled form can be asked."""

    def each_alone(rows: list[Any]) -> Iterator[tuple[int, Answer]]:
        for position, row in enumerate(rows):
            yield position, _answer_of(compiled.predict_row(row), 0)

    def all_together(rows: list[Any]) -> Iterator[tuple[int, Answer]]:
        answers = compiled.predict_rows(rows)
        for position in range(len(rows)):
            yield position, _answer_of(answers, position)

    def find_complete(rows: list[Any]) -> list[int]:
        return [p for p, row in enumerate(rows) if isinstance(row, Mapping) and set(schema.names).issubset(row)]

    def in_columns(rows: list[Any]) -> Iterator[tuple[int, Answer]]:
        complete = find_complete(rows)
        yield from answer_columns(complete, {name: [rows[p][name] for p in complete] for name in schema.names})

    def in_arrays(rows: list[Any]) -> Iterator[tuple[int, Answer]]:
        numbers = [feature.name for feature in schema if feature.dtype in ("number", "integer")]
        fit = [p for p in find_complete(rows) if all(_is_plain_number(rows[p][name]) for name in numbers)]
        columns: dict[str, Any] = {name: [rows[p][name] for p in fit] for name in schema.names}
        columns |= {name: np.array(columns[name], dtype=np.float64) for name in numbers}  # None becomes NaN
        yield from answer_columns(fit, columns)

    def answer_columns(positions: list[int], columns: dict[str, Any]) -> Iterator[tuple[int, Answer]]:
        answers = compiled.predict_columns(columns, len(positions))
        for index, position in enumerate(positions):
            yield position, _answer_of(answers, index)

    return {"alone": each_alone, "among others": all_together, "in columns": in_columns, "in arrays": in_arrays}


def _is_plain_number(value: object) -> bool:
    return value is None or type(value) is float or (type(value) is int and abs(value) < _EXACT_INTEGERS)


def _answer_of(answers: Answer, position: int) -> Answer:
    """Return what is said of one row."""
    probabilities = answers.get("probabilities")
    return {
        "prediction": answers["predictions"][position],
        "probabilities": None if probabilities is None else probabilities[position],
        "errors": answers["errors"].get(position),
        "classes": answers.get("classes"),
    }


def compare_answers(expected: Answer, found: Answer, typical: float) -> float:
    """Say how far apart two answers for a row are.

    Parameters
    ----------
    expected, found : dict
        ``prediction``, ``probabilities``, ``errors`` and ``classes``.
    typical : float
        Size of a typical prediction.

    Returns
    -------
    float
        The relative difference of the numbers; infinite if anything else differs.
    """
    if expected["errors"] != found["errors"] or expected["classes"] != found["classes"]:
        return math.inf
    if (expected["probabilities"] is None) != (found["probabilities"] is None):
        return math.inf
    pairs = zip(expected["probabilities"] or (), found["probabilities"] or (), strict=True)
    differences = [_difference(left, right, _SMALLEST_SIZE) for left, right in pairs]
    left, right = expected["prediction"], found["prediction"]
    if isinstance(left, float) and isinstance(right, float):
        differences.append(_difference(left, right, _SMALLEST_SIZE * typical))
    elif left != right:
        return math.inf
    return max(differences, default=0.0)


def _difference(expected: float, found: float, floor: float) -> float:
    if expected == found:
        return 0.0
    difference = abs(expected - found) / max(abs(expected), abs(found), floor)
    return math.inf if math.isnan(difference) else difference


def _typical_size(answers: Answer) -> float:
    sizes = [abs(prediction) for prediction in answers["predictions"] if isinstance(prediction, float)]
    return statistics.median(sizes) if sizes else 1.0


def _mismatch(
    pipeline: Pipeline,
    schema: Schema,
    row: Any,  # noqa: ANN401 - whatever was sent
    which: str,
    difference: float,
) -> CompiledMismatchError:
    step, what = find_first_difference(pipeline, schema, row)
    how_far = "another error or label" if math.isinf(difference) else f"a relative difference of {difference:.2g}"
    return CompiledMismatchError(
        step, f"the compiled form does not predict what the pipeline predicts ({which}: {how_far}); {what}"
    )
