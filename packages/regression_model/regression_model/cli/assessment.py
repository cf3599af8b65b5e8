"""Measures a saved model on a table: on its own holdout if it is the training table, else on all rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from regression_model.config import Config
from regression_model.errors import DataError
from regression_model.evaluation import (
    Evaluation,
    LabelledRows,
    LearningCurve,
    ReportInputs,
    build_scorer,
    compute_learning_curve,
)
from regression_model.evaluation.scoring import Predict
from regression_model.pipeline import predict_frame
from regression_model.processing.reference_tables import load_reference_tables
from regression_model.processing.training_table import build_training_table
from regression_model.processing.validation import validate_inputs
from regression_model.train_pipeline import Split, restore_config, split_table
from regression_model.train_pipeline.fitting import fit_pipeline
from regression_model.train_pipeline.scoring import evaluate_pipeline

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from regression_model.artifact import Artifact
    from regression_model.processing.datasets import Dataset


@dataclass(frozen=True)
class Assessment:
    """A model's predictions for rows whose target is known.

    Attributes
    ----------
    artifact : Artifact
    config : Config
        That it was trained with.
    frame : DataFrame of shape (n_rows, n_features)
    target : Series of length n_rows
    evaluation : Evaluation
    left_out : dict of str to int
        Rows of the table that were not measured, by reason.
    split : Split or None
        That of the training, if the table is the training table to the byte; the rows are its holdout then.
    """

    artifact: Artifact
    config: Config
    frame: pd.DataFrame
    target: pd.Series
    evaluation: Evaluation
    left_out: Mapping[str, int]
    split: Split | None


def read_config(artifact: Artifact) -> Config:
    """Return the configuration that a model was trained with: features in their order, which decides what is fitted."""
    return restore_config(artifact.manifest.content)


def assess(artifact: Artifact, dataset: Dataset) -> Assessment:
    """Measure a model on a table.

    Parameters
    ----------
    artifact : Artifact
    dataset : Dataset
        With the target, and the columns that the model reads.

    Raises
    ------
    DataError
        If the table can't be used, or the model refuses each of its rows.
    TrainingError
        If a prediction is not finite.
    """
    config, schema = read_config(artifact), artifact.schema
    if dataset.provenance.sha256 == artifact.manifest.content["data"]["sha256"]:
        split = split_table(build_training_table(dataset.frame, config), config)
        frame, target, left_out = split.test[schema.names], split.test_target, dict[str, int]()
    else:
        split = None
        unread = [name for name in schema.ignored if name in config.features.dtypes()]
        absent = {name: None for name in unread if name not in dataset.frame.columns}
        table = build_training_table(dataset.frame.assign(**absent), config)
        inputs = validate_inputs(input_data=table.frame[schema.names], schema=schema)
        reasons = Counter(f"{found[0].field}: {found[0].reason}" for found in inputs.errors.values())
        frame, target = inputs.frame, table.target[inputs.valid].reset_index(drop=True)
        left_out = {**table.left_out, **reasons}
        if frame.empty:
            raise DataError(f"the model refuses all {len(table.frame):,} rows of the table: {dict(reasons)}")
    evaluation = evaluate_pipeline(artifact.pipeline, frame, target, config, order=_read_order(artifact))
    return Assessment(artifact, config, frame, target, evaluation, left_out, split)


def _read_order(artifact: Artifact) -> list[str] | None:
    """Return the classes in the order in which the training has measured them, the positive one of two last."""
    order: list[str] | None = artifact.manifest.content["metrics"]["holdout"]["classes"]
    return order


def build_report_inputs(assessment: Assessment, title: str, curve: LearningCurve | None) -> ReportInputs:
    """Collect what the report shows.

    Parameters
    ----------
    assessment : Assessment
    title : str
        Headline.
    curve : LearningCurve or None
    """
    artifact, config = assessment.artifact, assessment.config
    outputs = predict_frame(artifact.pipeline, assessment.frame)
    order = assessment.evaluation.classes
    predict = _build_predict(artifact.pipeline, order)
    return ReportInputs(
        title=title,
        model_version=artifact.version,
        task=artifact.task,
        evaluation=assessment.evaluation,
        frame=assessment.frame,
        actual=assessment.target.to_numpy(),
        predicted=outputs.predictions,
        probabilities=predict(assessment.frame) if order is not None else None,
        classes=order,
        facts=artifact.manifest.content,
        predict=predict,
        learning_curve=curve,
        target_name=config.target.column,
        target_unit=config.target.unit or None,
        seed=config.seed,
    )


def learn_again(assessment: Assessment, split: Split) -> LearningCurve:
    """Train on growing parts of the training rows, as the model was trained.

    Parameters
    ----------
    assessment : Assessment
    split : Split
        That of the training.

    Raises
    ------
    DataError
        If a reference table of the configuration is not there any more.
    TrainingError
        If a part is too small for a step.
    """
    config = assessment.config
    tables = load_reference_tables(config)
    order = assessment.evaluation.classes

    def fit(frame: pd.DataFrame, target: npt.NDArray[Any]) -> Predict:
        known = pd.Series(target, name=config.target.column, dtype=split.train_target.dtype)
        part = Split(frame.reset_index(drop=True), known, split.test, split.test_target)
        return _build_predict(fit_pipeline(part, config, tables), tuple(order) if order is not None else None)

    return compute_learning_curve(
        build_scorer(config.task, order),
        fit,
        LabelledRows(split.train, split.train_target.to_numpy()),
        LabelledRows(split.test, split.test_target.to_numpy()),
        seed=config.seed,
    )


def _build_predict(pipeline: Pipeline, order: tuple[Any, ...] | None) -> Predict:
    """Return a function from rows to numbers, or to probabilities in that order of the classes."""

    def predict(frame: pd.DataFrame) -> npt.NDArray[np.float64]:
        outputs = predict_frame(pipeline, frame)
        if outputs.probabilities is None or outputs.classes is None or order is None:
            return np.asarray(outputs.predictions, dtype=np.float64)
        return outputs.probabilities[:, [outputs.classes.index(label) for label in order]]

    return predict
