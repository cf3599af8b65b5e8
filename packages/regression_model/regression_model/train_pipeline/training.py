"""Runs a training from beginning to end."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from regression_model.artifact import Manifest, save_pipeline
from regression_model.config import Config
from regression_model.evaluation import Evaluation
from regression_model.processing.datasets import Dataset, load_dataset
from regression_model.processing.datasets import Progress as DownloadProgress
from regression_model.processing.reference_tables import load_reference_tables
from regression_model.processing.schema import infer_schema
from regression_model.processing.training_table import build_training_table
from regression_model.train_pipeline.compiling import compile_and_prove
from regression_model.train_pipeline.facts import Training, build_facts
from regression_model.train_pipeline.fitting import check_missing_handled, drop_unread, fit_pipeline
from regression_model.train_pipeline.scoring import evaluate_pipeline, summarise_folds
from regression_model.train_pipeline.splitting import split_folds, split_table

logger = logging.getLogger(__name__)

Progress = Callable[[str], None]

DEFAULT_FOLDER = Path("trained_models")
"""Where models are saved, relative to the working folder, if nothing else is said."""


@dataclass(frozen=True)
class TrainingResult:
    """What a training leaves behind.

    Attributes
    ----------
    path : Path
        The manifest; it names the other files.
    manifest : Manifest
    evaluation : Evaluation
        On the holdout.
    """

    path: Path
    manifest: Manifest
    evaluation: Evaluation


def run_training(
    config: Config,
    *,
    data_path: Path | None = None,
    sample: bool = False,
    output: Path | None = None,
    report_progress: Progress | None = None,
    download_progress: DownloadProgress | None = None,
) -> TrainingResult:
    """Load, check, split, fit, measure and save.

    Parameters
    ----------
    config : Config
    data_path : Path, optional
        The table; by default it is looked for as `load_dataset` says.
    sample : bool
        Train on the embedded synthetic sample instead.
    output : Path, optional
        Folder for the artifact; by default ``trained_models`` in the working folder.
    report_progress : callable, optional
        Called with a short text before each stage.
    download_progress : callable, optional
        Told how far a download of the table is, in bytes.

    Returns
    -------
    TrainingResult

    Raises
    ------
    DataError
        If the table can't be had or used.
    TrainingError
        If the model can't be trained on it.
    ArtifactWriteError
        If it can't be saved.
    """
    report = report_progress or logger.info
    report("Loading the data")
    dataset = load_dataset(config, path=data_path, allow_sample=sample, progress=download_progress)
    training = train(config, dataset, report)
    report("Saving the model")
    path = save_pipeline(
        training.pipeline,
        folder=output or DEFAULT_FOLDER,
        facts=build_facts(training),
        program=training.compilation.program,
    )
    return TrainingResult(path, Manifest.from_file(path), training.evaluation)


def train(config: Config, dataset: Dataset, report: Progress) -> Training:
    """Do all of a training but loading the data and saving the model; see `run_training`."""
    report("Checking the data")
    table = build_training_table(dataset.frame, config)
    check_missing_handled(table.frame, config)
    tables = load_reference_tables(config)
    cross_validation = None
    if config.evaluation.folds:
        evaluations = []
        for number, fold in enumerate(split_folds(table, config), start=1):
            report(f"Cross-validating, fold {number} of {config.evaluation.folds}")
            fitted = fit_pipeline(fold, config, tables)
            evaluations.append(evaluate_pipeline(fitted, fold.test, fold.test_target, config, with_intervals=False))
        cross_validation = summarise_folds(evaluations)
    split = split_table(table, config)
    report(f"Fitting the model on {len(split.train):,} rows")
    fitted = fit_pipeline(split, config, tables)
    pipeline, schema = drop_unread(fitted, infer_schema(split.train, config, table.frame), split, config)
    report(f"Measuring the model on {len(split.test):,} held-out rows")
    evaluation = evaluate_pipeline(pipeline, split.test[schema.names], split.test_target, config)
    report("Compiling the model")
    compilation = compile_and_prove(pipeline, schema, config, split)
    return Training(
        config, dataset.provenance, table, split, pipeline, schema, compilation, evaluation, cross_validation
    )
