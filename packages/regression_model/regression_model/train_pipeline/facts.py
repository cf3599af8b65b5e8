"""Collects what the manifest says of a training."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regression_model.artifact.manifest import FORMAT
from regression_model.processing.datasets.shown_url import hide_secrets
from regression_model.train_pipeline.baseline import build_baseline
from regression_model.train_pipeline.golden_rows import build_golden_rows
from regression_model.train_pipeline.model_facts import describe_ensemble, describe_parameters, list_libraries
from regression_model.train_pipeline.recorded_config import digest_config, list_key_orders
from regression_model.train_pipeline.surroundings import (
    describe_commit,
    describe_libraries,
    describe_platform,
    digest_lock,
)

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from regression_model.config import Config
    from regression_model.evaluation import Evaluation
    from regression_model.processing.datasets import Provenance
    from regression_model.processing.training_table import TrainingTable
    from regression_model.schema import Schema
    from regression_model.train_pipeline.compiling import Compilation
    from regression_model.train_pipeline.splitting import Split


@dataclass(frozen=True)
class Training:
    """All that one training had and made.

    Attributes
    ----------
    config, provenance, table, split
        What it had.
    pipeline, schema, compilation, evaluation
        What it made.
    cross_validation : dict or None
        Summary of the folds.
    """

    config: Config
    provenance: Provenance
    table: TrainingTable
    split: Split
    pipeline: Pipeline
    schema: Schema
    compilation: Compilation
    evaluation: Evaluation
    cross_validation: dict[str, Any] | None


def model_version(config: Config) -> str:
    """Return the config's version, or that of this package."""
    return config.version or files("regression_model").joinpath("VERSION").read_text(encoding="utf-8").strip()


def build_facts(training: Training, environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the manifest's content, but for the files and the digest.

    Nothing in it depends on when or where the training ran: no time, no path, no name of a machine.

    Parameters
    ----------
    training : Training
    environment : mapping of str to str, optional
        Variables that were pinned around the process, if any were.
    """
    config = training.config
    resolved = config.model_dump(mode="json")
    if config.data.source is not None and config.data.source.url is not None:
        # Links may be signed, and models are published.
        resolved["data"]["source"]["url"] = hide_secrets(config.data.source.url)
    classes = getattr(training.pipeline, "classes_", None)
    folder = config.file.parent if config.file else Path.cwd()
    return {
        "format": FORMAT,
        "pipeline_name": config.pipeline_name,
        "model_version": model_version(config),
        "description": config.description,
        "task": config.task,
        "target": resolved["target"],
        "classes": [str(label) for label in classes] if classes is not None else None,
        "data": training.provenance.content(),
        "rows": _count_rows(training),
        "schema": training.schema.to_json(),
        "config": resolved,
        "config_order": list_key_orders(config),
        "config_sha256": digest_config(resolved),
        "model": {"family": config.model.family, "parameters": describe_parameters(config.model)},
        "ensemble": describe_ensemble(config),
        **({"compiled_reason": reason} if (reason := training.compilation.reason) is not None else {}),
        "seeds": {"run": config.seed},
        "metrics": {"holdout": training.evaluation.to_json(), "cross_validation": training.cross_validation},
        "libraries": describe_libraries(list_libraries(config)),
        "platform": describe_platform(),
        "environment": None if environment is None else dict(environment),
        "git": describe_commit(folder),
        "lock_sha256": digest_lock(folder),
        "golden_rows": build_golden_rows(training.pipeline, training.schema, training.split.test),
        "baseline": build_baseline(training.pipeline, training.schema, training.split.train, training.split.test),
    }


def _count_rows(training: Training) -> dict[str, Any]:
    split = training.split
    left_out = Counter(training.table.left_out)
    left_out.update(split.left_out)
    return {
        "total": training.table.n_read,
        "left_out": dict(left_out),
        "train": len(split.train),
        "holdout": len(split.test),
    }
