"""Predictions for rows in memory: always as many answers as questions, in their order.

Importing this module, and predicting with a compiled model, needs neither scikit-learn nor pandas.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeGuard

from regression_model.artifact import Artifact, load_artifact
from regression_model.schema import list_rows

if TYPE_CHECKING:
    import pandas as pd

    from regression_model.compiled import CompiledPipeline
    from regression_model.processing.validation import Rows
    from regression_model.schema import Schema


def make_prediction(
    *, input_data: Rows, artifact: Artifact | None = None, explain: bool = False, gather_series: bool = True
) -> dict[str, Any]:
    """Predict one row or several.

    Parameters
    ----------
    input_data : mapping, sequence of mappings, or DataFrame
        Rows; their keys are the data's own column names.
    artifact : Artifact, optional
        A loaded model. By default the published one, loaded at the first call and kept.
    explain : bool
        Whether to say what each feature adds to each prediction, which takes much longer than to predict.
    gather_series : bool
        Whether a model that was trained on a table of measurements takes such a table, too: a list of rows, an object
        of columns, or a DataFrame with the column of ids and a measurement in each row. The entries of the answer are
        then those of the series, in the order in which their ids come first, and ``ids`` names them. Rows whose cells
        are series are taken either way.

    Returns
    -------
    dict
        ``predictions``: a list with one entry for each row, None where the row was refused. ``version``: the
        model's. ``errors``: by position (int) of a refused row, a list of ``field``, ``reason``, ``message`` and
        ``expected``. For classification also ``probabilities`` (None where refused) and ``classes``, their order.
        With ``explain`` also ``explanations`` (None where refused): ``base``, ``scale`` and ``contributions``, for
        classification also ``class``; see `regression_model.explain.explain_frame`.

    Raises
    ------
    InputDataError
        If the input is no rows at all.
    ArtifactError
        If the published model can't be loaded.
    ExplanationError
        If an explanation is asked of a model that has none.
    """
    model = artifact if artifact is not None else _published()
    if model.compiled is not None:
        answer = _answer_compiled(input_data, model.compiled, model.schema, explain=explain)
    elif model.predictor is not None:
        answer = model.predictor.predict(input_data, explain=explain)
    else:
        from regression_model.predict.from_pipeline import answer_from_pipeline

        answer = answer_from_pipeline(input_data, model, explain=explain, gather_series=gather_series)
    answer["version"] = model.version
    return answer


@lru_cache(maxsize=1)
def _published() -> Artifact:
    return load_artifact()


def _answer_compiled(input_data: Rows, compiled: CompiledPipeline, schema: Schema, *, explain: bool) -> dict[str, Any]:
    rows: Sequence[Any]
    if type(input_data) is dict:
        rows = [input_data]
        answer = compiled.predict_row(input_data)
    elif _is_frame(input_data):
        from regression_model.predict.frames import list_columns, list_records

        answer = compiled.predict_columns(list_columns(input_data, schema), len(input_data))
        rows = list_records(input_data) if explain else ()
    else:
        rows = list_rows(input_data)
        answer = compiled.predict_rows(rows)
    if explain:
        answer["explanations"] = compiled.explain_rows(rows, answer["predictions"])
    return answer


def _is_frame(input_data: object) -> TypeGuard[pd.DataFrame]:
    """Say whether it is a DataFrame; who has one has imported pandas."""
    frame: Any = getattr(sys.modules.get("pandas"), "DataFrame", ())
    return isinstance(input_data, frame)
