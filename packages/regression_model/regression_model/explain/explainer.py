"""Explains predictions of a pipeline that has no compiled form, as those of one that has it.

Its steps can't be compiled, but its model can: rows go through the steps as they are, and the rest is
`regression_model.compiled.attribution`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from sklearn.compose import TransformedTargetRegressor
from sklearn.pipeline import Pipeline

from regression_model.artifact import Artifact
from regression_model.compiled.attribution import Explainer, link_explainer
from regression_model.compiled.models import link_model
from regression_model.config import Config
from regression_model.ensembling import PipelineEnsemble
from regression_model.errors import ExplanationError, NotLowerableError
from regression_model.lowering.models import assemble_ensemble, lower_explanation, lower_model


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
        See `regression_model.compiled.attribution.Explainer.explain`.

    Raises
    ------
    ExplanationError
        If the model can't be explained.
    """
    if not len(frame):
        return []
    explainer = _find_explainer(artifact, frame)
    return explainer.explain(_find_matrix(artifact.pipeline, frame), predictions)


def _find_matrix(pipeline: Pipeline, frame: pd.DataFrame) -> np.ndarray[Any, Any]:
    """Return the columns that reach the model; of an ensemble those of its members, one behind the other."""
    for _, step in pipeline.steps[:-1]:
        frame = step.transform(frame)
    model = pipeline.steps[-1][1]
    if isinstance(model, PipelineEnsemble):
        return np.hstack([_find_matrix(member, frame) for _, member in model.members_])
    return frame.to_numpy(dtype=np.float64)


_EXPLAINERS: WeakKeyDictionary[Pipeline, Explainer] = WeakKeyDictionary()


def _find_explainer(artifact: Artifact, frame: pd.DataFrame) -> Explainer:
    """Return the explainer of a model, made at its first use.

    Threads that ask at the same time may each make one, and one of these is kept. They are equal, and a lock could not
    be shared by native threads and those that only look like threads (gevent).
    """
    explainer = _EXPLAINERS.get(artifact.pipeline)
    if explainer is None:
        explainer = _EXPLAINERS[artifact.pipeline] = _build_explainer(artifact, frame)
    return explainer


@dataclass(frozen=True)
class _ModelAlone:
    """A program without steps: its inputs are the columns that reach the model."""

    n_columns: int
    content: dict[str, Any] = field(default_factory=dict)
    arrays: dict[str, np.ndarray[Any, Any]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def column_slots(self) -> list[int]:
        return list(range(self.n_columns))

    def require(
        self, slots: Iterable[int], *, missing: bool = False, infinite: bool = False, single_precision: bool = False
    ) -> None:
        """Require nothing: rows that are explained have a prediction."""

    def add_array(self, name: str, values: np.ndarray[Any, Any]) -> str:
        free = f"{name}_{len(self.arrays) + 1}"
        self.arrays[free] = values
        return free

    def add_text(self, name: str, text: str) -> str:
        free = f"{name}_{len(self.texts) + 1}"
        self.texts[free] = text
        return free


def _unwrap(model: Any) -> Any:  # noqa: ANN401 - any estimator
    return model.regressor_ if isinstance(model, TransformedTargetRegressor) else model


def _lower(model: Any, widths: Sequence[int], parts: _ModelAlone) -> dict[str, Any]:  # noqa: ANN401 - any estimator
    """Lower a model, or the members of an ensemble, of which each has so many columns."""
    if not isinstance(model, PipelineEnsemble):
        return lower_model(model, parts)
    sections = [
        lower_model(_unwrap(member.steps[-1][1]), replace(parts, n_columns=width))
        for (_, member), width in zip(model.members_, widths, strict=True)
    ]
    return assemble_ensemble(model, sections, widths)


def _build_explainer(artifact: Artifact, frame: pd.DataFrame) -> Explainer:
    described = artifact.manifest.content.get("config")
    if described is None:
        raise ExplanationError("the model's manifest lacks the configuration, which says where columns come from")
    model = artifact.pipeline.steps[-1][1]
    learns_log = isinstance(model, TransformedTargetRegressor) or getattr(model, "inverse_func", None) is np.exp
    inner = _unwrap(model)
    explanation = lower_explanation(artifact.pipeline, Config.model_validate(described), artifact.schema, frame)
    if isinstance(inner, PipelineEnsemble):
        widths = [_unwrap(member.steps[-1][1]).n_features_in_ for _, member in inner.members_]
    else:
        widths = [inner.n_features_in_]
    parts = _ModelAlone(sum(widths))
    try:
        section = _lower(inner, widths, parts)
    except NotLowerableError as error:
        raise ExplanationError(
            f"the predictions of a {type(inner).__name__} can't be explained; linear models, forests and boosted trees "
            "can"
        ) from error
    parts.content.update(
        inputs=artifact.schema.names,
        columns=parts.column_slots(),
        model=section,
        target="exp" if learns_log else "identity",
        classes=[str(label) for label in getattr(artifact.pipeline, "classes_", ())] or None,
        explanation=explanation,
    )
    return link_explainer(parts, link_model(parts), artifact.schema.names)
