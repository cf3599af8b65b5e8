"""A fitted pipeline in compiled form: predictions without the libraries that fitted it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, cast

import numpy as np

from regression_model.compiled.answers import Outcome
from regression_model.compiled.attribution import Explainer, link_explainer
from regression_model.compiled.column_engine import ColumnEngine
from regression_model.compiled.column_parsing import ColumnParser
from regression_model.compiled.columns import Column, Flags, Floats, RowFailure, Texts
from regression_model.compiled.models import link_finish, link_model
from regression_model.compiled.models.linear import LinearModel
from regression_model.compiled.program import Program, refuse
from regression_model.compiled.row_batches import UNUSUAL, Batches
from regression_model.compiled.row_engine import RowEngine
from regression_model.compiled.row_linear import LinearRows
from regression_model.compiled.row_rest import get_all
from regression_model.compiled.row_vector import VectorRows
from regression_model.errors import InputDataError
from regression_model.schema import PREDICTION_FAILED, PREDICTION_NOT_FINITE, FieldError, Schema, check_row
from regression_model.schema.field_errors import AbsentFields, UnseenCategories, find_absent
from regression_model.schema.values import find_missing_numbers

Errors = dict[int, list[FieldError]]
"""By position of a refused row."""

_KINDS = {"number": "number", "integer": "number", "boolean": "number", "category": "text", "datetime": "date"}


class CompiledPipeline:
    """Predicts as the pipeline does that a program was made from.

    Made once; several threads may use it at the same time. Nothing in it changes afterwards.

    Parameters
    ----------
    program : Program
    schema : Schema
        Of the same artifact: its features are the program's inputs.

    Raises
    ------
    ArtifactIntegrityError
        If the program is not as it has to be, or has other inputs than the schema has features.
    MissingExtraError
        If the library of a booster is not installed.
    """

    def __init__(self, program: Program, schema: Schema) -> None:
        steps = program.steps
        if steps.inputs != tuple(_KINDS[feature.dtype] for feature in schema):
            raise refuse("has other inputs than the schema has features")
        self.program = program
        self.schema = schema
        self._model = link_model(program)
        self._finish = link_finish(program, self._model.n_outputs)
        self._logarithmic = program.content["target"] == "exp"
        self._rows = RowEngine(steps)
        self._columns = ColumnEngine(steps, self._model)
        self._quick, self._batches = self._find_quick_ways()
        self._parsers = [ColumnParser(feature, schema.missing_values) for feature in schema]
        self._get_cells = get_all(schema.names)

    @property
    def classes(self) -> tuple[str, ...] | None:
        """The labels, in the order of probabilities; None for a regression."""
        return self._finish.classes

    def predict_row(self, row: object) -> dict[str, Any]:
        """Predict one row.

        Parameters
        ----------
        row : mapping
            Keys are the data's own column names. Anything else is answered with an error.

        Returns
        -------
        dict
            ``predictions``: the prediction, or None if the row is refused, in a list. ``errors``: empty, or under 0 a
            list of ``field``, ``reason``, ``message`` and ``expected``. For classification also ``probabilities``
            and ``classes``; as `regression_model.make_prediction`, without the version.
        """
        if row.__class__ is not dict or self._quick is None:
            return self._predict_closely(row)
        try:
            prediction, probabilities = self._finish.finish_row(self._quick(row))
        except UNUSUAL:
            return self._predict_closely(row)
        if probabilities is None:
            if not _is_finite(prediction):
                return self._predict_closely(row)
            return {"predictions": [prediction], "errors": {}}
        if not all(map(_is_finite, probabilities)):
            return self._predict_closely(row)
        return self._answer_row(prediction, probabilities, {})

    def _predict_closely(self, row: object) -> dict[str, Any]:
        """Predict a row in which something is unusual: value by value, operation by operation."""
        values, errors = check_row(row, self.schema)
        if values is None:
            return self._refuse_row(errors)
        try:
            outputs = self._model.predict_row(self._rows.compute(values))
        except RowFailure:
            return self._refuse_row([PREDICTION_FAILED])
        if self._logarithmic and not math.isfinite(outputs[0]):
            return self._refuse_row([PREDICTION_FAILED])
        prediction, probabilities = self._finish.finish_row(outputs)
        if not all(map(_is_finite, [prediction] if probabilities is None else probabilities)):
            return self._refuse_row([PREDICTION_NOT_FINITE])
        return self._answer_row(prediction, probabilities, {})

    def explain_rows(
        self, rows: Sequence[object], predictions: Sequence[float | str | None]
    ) -> list[dict[str, Any] | None]:
        """Say what each feature adds to each prediction.

        Parameters
        ----------
        rows : sequence of mapping
        predictions : sequence of float, str or None of length n_rows
            As `predict_rows` answered for them.

        Returns
        -------
        list of dict or None
            None where a row was refused, or has no result; see `regression_model.compiled.attribution.Explainer`.

        Raises
        ------
        ExplanationError
            If this model's predictions can't be explained.
        """
        explainer = self._explainer
        answered: dict[int, list[float]] = {}
        known: list[float | str] = []
        for position, prediction in enumerate(predictions):
            values = None if prediction is None else self._compute_values(rows[position])
            if prediction is not None and values is not None:
                answered[position] = values
                known.append(prediction)
        found = explainer.explain(np.array(list(answered.values()), dtype=np.float64), known)
        explanations: list[dict[str, Any] | None] = [None] * len(predictions)
        for position, explanation in zip(answered, found, strict=True):
            explanations[position] = explanation
        return explanations

    def _compute_values(self, row: object) -> list[float] | None:
        """Compute the numbers that reach the model; None if there are none."""
        values, _ = check_row(row, self.schema)
        try:
            return None if values is None else self._rows.compute(values)
        except RowFailure:
            return None

    @cached_property
    def _explainer(self) -> Explainer:
        return link_explainer(self.program, self._model, self.schema.names)

    def predict_rows(self, rows: Sequence[object]) -> dict[str, Any]:
        """Predict rows, such as a parsed JSON list.

        Parameters
        ----------
        rows : sequence of mapping
            What is no mapping is answered with an error under its position.

        Returns
        -------
        dict
            As of `predict_row`, with an entry for each row.
        """
        if self._batches is None or not rows or not {dict}.issuperset(map(type, rows)):
            return self._conclude(*self._compute_rows(rows)).to_dict()
        outputs, failed, unusual = self._batches.compute(cast(Sequence[dict[str, Any]], rows))
        errors: Errors = {}
        if unusual.any():
            positions = np.flatnonzero(unusual).tolist()
            closely, failed[positions], found = self._compute_rows([rows[position] for position in positions])
            outputs[positions] = closely
            errors = {positions[position]: problems for position, problems in found.items()}
        return self._conclude(outputs, failed, errors).to_dict()

    def predict_columns(self, columns: Mapping[str, Any], n_rows: int) -> dict[str, Any]:
        """Predict columns.

        Parameters
        ----------
        columns : mapping
            By the data's own column names: lists or tuples of values as they are sent, arrays (of floats: NaN is
            missing), or `Texts`.
        n_rows : int
            Length of each.

        Returns
        -------
        dict
            As of `predict_rows`.

        Raises
        ------
        InputDataError
            If a column has another length.
        """
        return self._predict_named(columns, n_rows).to_dict()

    def predict_arrays(
        self, columns: Mapping[str, Any], n_rows: int
    ) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any] | None, dict[int, list[dict[str, Any]]]]:
        """Predict columns, and answer in arrays; see `predict_columns`.

        Returns
        -------
        predictions : ndarray of shape (n_rows,)
            Floats, NaN where a row is refused; or labels, None where it is.
        probabilities : ndarray of shape (n_rows, n_classes) or None
            NaN where a row is refused.
        errors : dict of int to list of dict
            By position of a refused row.

        Raises
        ------
        InputDataError
            If a column has another length.
        """
        outcome = self._predict_named(columns, n_rows)
        return outcome.predictions, outcome.probabilities, outcome.errors_to_json()

    def _predict_named(self, columns: Mapping[str, Any], n_rows: int) -> Outcome:
        absent = find_absent(columns, self.schema)
        errors = {row: list(absent) for row in range(n_rows)} if absent else {}
        nothing = Texts(np.full(n_rows, -1, dtype=np.int32), [])
        cells = [columns.get(name, nothing) for name in self.schema.names]
        for name, values in zip(self.schema.names, cells, strict=True):
            if len(values) != n_rows:
                raise InputDataError(f"column {name!r} has {len(values)} values, not {n_rows}")
        return self._conclude(*self._compute(cells, n_rows, errors))

    def _compute_rows(self, rows: Sequence[object]) -> tuple[Floats, Flags, Errors]:
        """Compute the outputs of rows of any kind, column by column."""
        errors: Errors = {}
        try:
            if not {dict}.issuperset(map(type, rows)):
                raise TypeError
            cells = list(map(self._get_cells, rows))
        except (KeyError, TypeError):
            absent = AbsentFields(self.schema)
            cells = [self._find_cells(row, absent, errors, position) for position, row in enumerate(rows)]
        columns = list(zip(*cells, strict=True)) if cells else [()] * len(self._parsers)
        return self._compute(columns, len(rows), errors)

    def _find_cells(self, row: object, absent: AbsentFields, errors: Errors, position: int) -> tuple[Any, ...]:
        """Return the values of a row; of one that is refused as it is, missing ones, and note why."""
        try:
            if isinstance(row, Mapping):
                cells: tuple[Any, ...] = self._get_cells(row)
                return cells
        except KeyError:
            pass
        errors[position] = check_row(row, self.schema, absent)[1]
        return (None,) * len(self._parsers)

    def _compute(self, columns: Sequence[Any], n_rows: int, errors: Errors) -> tuple[Floats, Flags, Errors]:
        """Compute columns in the order of the schema; rows that have an error are not looked into any further."""
        refused = set(errors)
        features: list[Column] = []
        unseen = UnseenCategories()
        for parser, values in zip(self._parsers, columns, strict=True):
            column, found = parser.parse(values, unseen)
            features.append(column)
            for row, error in found.items():
                if row not in refused:
                    errors.setdefault(row, []).append(error)
        return *self._columns.compute(features, n_rows), errors

    def _conclude(self, outputs: Floats, failed: Flags, errors: Errors) -> Outcome:
        """Make answers of outputs, and errors of those that are none."""
        if self._logarithmic:
            failed |= ~np.isfinite(outputs[:, 0])
        predictions, probabilities = self._finish.finish_columns(outputs)
        finite = np.isfinite(predictions) if probabilities is None else np.isfinite(probabilities).all(axis=1)
        for row in np.flatnonzero(failed | ~finite).tolist():
            errors.setdefault(row, [PREDICTION_FAILED if failed[row] else PREDICTION_NOT_FINITE])
        return Outcome(predictions, probabilities, self.classes, errors)

    def _find_quick_ways(self) -> tuple[Callable[[Any], Sequence[float]] | None, Batches | None]:
        """Make the functions from a usual row, and from rows, to outputs; for an unusual one they raise `UNUSUAL`."""
        steps, model, schema = self.program.steps, self._model, self.schema
        if find_missing_numbers(schema.missing_values):
            return None, None  # any number may mean that it is unknown
        if isinstance(model, LinearModel) and model.n_outputs == 1:
            rows = LinearRows(steps, model, schema)
            batches = Batches(rows.text_tables, self._columns, schema) if self._columns.adds_texts_only else None
            return rows.compute, batches
        compute, predict = VectorRows(steps, schema).compute, model.predict_row
        return lambda row: predict(compute(row)), None

    def _refuse_row(self, errors: list[FieldError]) -> dict[str, Any]:
        return self._answer_row(None, None, {0: [error.to_json() for error in errors]})

    def _answer_row(
        self, prediction: float | str | None, probabilities: list[float] | None, errors: dict[int, Any]
    ) -> dict[str, Any]:
        answer: dict[str, Any] = {"predictions": [prediction], "errors": errors}
        if self.classes is not None:
            answer["probabilities"] = [probabilities]
            answer["classes"] = list(self.classes)
        return answer


def _is_finite(value: float | str) -> bool:
    """Say whether a prediction can be sent: any label, but only a finite number."""
    return isinstance(value, str) or math.isfinite(value)
