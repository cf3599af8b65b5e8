"""Runs a training from beginning to end."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

from regression_model.artifact import Manifest, save_pipeline
from regression_model.config import Config
from regression_model.ensembling import member_threads
from regression_model.processing.datasets import Dataset, load_dataset
from regression_model.processing.datasets import Progress as DownloadProgress
from regression_model.processing.reference_tables import load_reference_tables
from regression_model.processing.schema import infer_schema
from regression_model.processing.training_table import build_training_table
from regression_model.train_pipeline.compiling import compile_and_prove
from regression_model.train_pipeline.facts import Training, build_facts
from regression_model.train_pipeline.fitting import check_missing_handled, drop_unread, fit_pipeline
from regression_model.train_pipeline.job import DEFAULT_FOLDER, Progress, TrainingJob, TrainingResult
from regression_model.train_pipeline.scoring import evaluate_pipeline, order_classes, summarise_folds
from regression_model.train_pipeline.splitting import split_folds, split_table

logger = logging.getLogger(__name__)


def run_training(
    config: Config,
    *,
    data_path: Path | None = None,
    sample: bool = False,
    output: Path | None = None,
    report_progress: Progress | None = None,
    download_progress: DownloadProgress | None = None,
) -> TrainingResult:
    """Load, check, split, fit, measure and save, in this process.

    What surrounds this process has a say in the last bits: `run_training_isolated` does the same reproducibly.

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
    job = TrainingJob(config, data_path, sample, output)
    return execute(job, report_progress=report_progress or logger.info, download_progress=download_progress)


def execute(
    job: TrainingJob,
    *,
    report_progress: Progress,
    download_progress: DownloadProgress | None = None,
    environment: Mapping[str, str] | None = None,
) -> TrainingResult:
    """Do a job in this process; see `run_training`.

    Parameters
    ----------
    job : TrainingJob
    report_progress, download_progress : callable
    environment : mapping of str to str, optional
        What was pinned around this process, for the manifest.
    """
    report_progress("Loading the data")
    dataset = load_dataset(job.config, path=job.data_path, allow_sample=job.sample, progress=download_progress)
    with member_threads(job.member_threads):
        training = train(job.config, dataset, report_progress)
    report_progress("Saving the model")
    path = save_pipeline(
        training.pipeline,
        folder=job.output or DEFAULT_FOLDER,
        facts=build_facts(training, environment),
        program=training.compilation.program,
    )
    return TrainingResult(path, Manifest.from_file(path), training.evaluation)


def train(config: Config, dataset: Dataset, report: Progress) -> Training:
    """Do all of a training but loading the data and saving the model; see `run_training`."""
    report("Checking the data")
    table = build_training_table(dataset.frame, config)
    if table.overlap is not None and config.evaluation.groups is None:
        logger.warning("%s", table.overlap.describe())
    check_missing_handled(table.frame, config)
    tables = load_reference_tables(config)
    split = split_table(table, config)
    order = order_classes(split.train_target, config)
    cross_validation = None
    if config.evaluation.folds:
        evaluations = []
        for number, fold in enumerate(split_folds(table, config), start=1):
            report(f"Cross-validating, fold {number} of {config.evaluation.folds}")
            fitted = fit_pipeline(fold, config, tables)
            evaluations.append(
                evaluate_pipeline(fitted, fold.test, fold.test_target, config, order=order, with_intervals=False)
            )
        cross_validation = summarise_folds(evaluations)
    report(f"Fitting the model on {len(split.train):,} rows")
    fitted = fit_pipeline(split, config, tables)
    pipeline, schema = drop_unread(fitted, infer_schema(split.train, config, table.frame), split, config)
    report(f"Measuring the model on {len(split.test):,} held-out rows")
    evaluation = evaluate_pipeline(pipeline, split.test[schema.names], split.test_target, config, order=order)
    report("Compiling the model")
    compilation = compile_and_prove(pipeline, schema, config, split)
    return Training(
        config, dataset.provenance, table, split, pipeline, schema, compilation, evaluation, cross_validation
    )
