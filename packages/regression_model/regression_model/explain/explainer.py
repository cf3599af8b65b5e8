"""Explains predictions feature by feature, as a client knows them.

The attributor of the model says what each column adds that reaches the model; the steps' own account of where columns
come from (`regression_model.pipeline.find_shares`) says to which features that goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from sklearn.compose import TransformedTargetRegressor
from sklearn.pipeline import Pipeline

from regression_model.artifact import Artifact
from regression_model.config import Config
from regression_model.errors import ExplanationError
from regression_model.explain.attribution import Numbers, Positions
from regression_model.explain.choosing import choose_attributor
from regression_model.explain.typical_row import build_typical_frame
from regression_model.pipeline import find_shares
from regression_model.processing.schema import Schema

_N_CLASSES_WITH_ODDS = 2


def explain_frame(artifact: Artifact, frame: pd.DataFrame, predictions: Sequence[float | str]) -> list[dict[str, Any]]:
    """Say what each feature adds to the predictions of some rows.

    What is worked out about a model at its first explanation is kept as long as the model.

    Parameters
    ----------
    artifact : Artifact
    frame : DataFrame of shape (n_rows, n_features)
        Model-ready rows.
    predictions : sequence of float or str of length n_rows
        What the model predicts for them: for classification labels, one of which is explained in each row.

    Returns
    -------
    list of dict
        For each row ``base`` (float), ``contributions`` (by feature, in the order of the schema), which sum up with
        the base to the prediction, and the ``scale`` on which they do: of a regression ``identity``, or ``log``, the
        natural logarithm of the prediction; of a classification the ``probability`` of a class, or the ``log_odds`` of
        it, or, for more than two classes, its ``margin``, the score before the softmax. There ``class`` names the
        class: of two the second, of more the predicted one.

    Raises
    ------
    ExplanationError
        If the model can't be explained.
    """
    if not len(frame):
        return []
    return _find_explainer(artifact, frame).explain(frame, predictions)


_EXPLAINERS: WeakKeyDictionary[Pipeline, _Explainer] = WeakKeyDictionary()


def _find_explainer(artifact: Artifact, frame: pd.DataFrame) -> _Explainer:
    """Return the explainer of a model, made at its first use.

    Threads that ask at the same time may each make one, and one of these is kept. They are equal, and a lock could not
    be shared by native threads and those that only look like threads (gevent).
    """
    explainer = _EXPLAINERS.get(artifact.pipeline)
    if explainer is None:
        explainer = _EXPLAINERS[artifact.pipeline] = _Explainer(artifact, frame)
    return explainer


class _Explainer:
    """What explanations of one model need; it does not hold the pipeline itself, which then could never go.

    Parameters
    ----------
    artifact : Artifact
    frame : DataFrame of shape (n_rows, n_features)
        Model-ready rows that the steps can transform, one at least.
    """

    def __init__(self, artifact: Artifact, frame: pd.DataFrame) -> None:
        self._steps = [step for _, step in artifact.pipeline.steps[:-1]]
        self._names = artifact.schema.names
        self._classes = [str(label) for label in getattr(artifact.pipeline, "classes_", ())]
        model = artifact.pipeline.steps[-1][1]
        self._learns_log = isinstance(model, TransformedTargetRegressor)
        inner = model.regressor_ if self._learns_log else model
        self._shares = _share_matrix(artifact, frame)
        self._is_whole = np.isclose(self._shares.sum(axis=1), 1.0)
        self._attributor = choose_attributor(inner, lambda: self._build_reference(artifact.schema))

    def explain(self, frame: pd.DataFrame, predictions: Sequence[float | str]) -> list[dict[str, Any]]:
        """Explain rows; see `explain_frame`."""
        scale, chosen, classes = self._choose_outputs(predictions)
        bases, by_column = self._attributor.attribute(self._transform(frame), chosen)
        if by_column[:, ~self._is_whole].any():
            raise ExplanationError("a column that reaches the model can't be traced to the features it is made from")
        labels = [{} if label is None else {"class": label} for label in classes]
        return [
            {"base": base, "scale": scale, **label, "contributions": dict(zip(self._names, row, strict=True))}
            for base, label, row in zip(bases.tolist(), labels, (by_column @ self._shares).tolist(), strict=True)
        ]

    def _choose_outputs(self, predictions: Sequence[float | str]) -> tuple[str, Positions, list[str | None]]:
        """Return the scale, and for each row the model's output and the class that are explained."""
        first = np.zeros(len(predictions), dtype=np.intp)
        if not self._classes:
            return "log" if self._learns_log else "identity", first, [None] * len(predictions)
        has_two = len(self._classes) == _N_CLASSES_WITH_ODDS
        labels = [self._classes[1]] * len(predictions) if has_two else [str(label) for label in predictions]
        explained = np.array([self._classes.index(label) for label in labels], dtype=np.intp)
        if self._attributor.outputs_probabilities:
            return "probability", explained, [*labels]
        return ("log_odds", first, [*labels]) if has_two else ("margin", explained, [*labels])

    def _build_reference(self, schema: Schema) -> Numbers:
        """Return the typical row as it reaches the model."""
        typical = build_typical_frame(schema)
        try:
            reference: Numbers = self._transform(typical)[0]
        except Exception as error:
            raise ExplanationError(
                f"there is no typical row to compare with: a step has no result for it ({type(error).__name__})"
            ) from error
        if not np.isfinite(reference).all():
            raise ExplanationError("there is no typical row to compare with: a step has no finite result for it")
        return reference

    def _transform(self, frame: pd.DataFrame) -> Numbers:
        """Return rows as they reach the model."""
        for step in self._steps:
            frame = step.transform(frame)
        return frame.to_numpy(dtype=np.float64)


def _share_matrix(artifact: Artifact, frame: pd.DataFrame) -> Numbers:
    """Return the part of each column (rows of the matrix) that belongs to each feature of the schema."""
    described = artifact.manifest.content.get("config")
    if described is None:
        raise ExplanationError("the model's manifest lacks the configuration, which says where columns come from")
    shares = find_shares(artifact.pipeline, Config.model_validate(described), frame)
    return np.array([[parts.get(name, 0.0) for name in artifact.schema.names] for parts in shares.values()])
