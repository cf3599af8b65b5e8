"""What must be the same for two searches to be the same search."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from regression_model.errors import WorkerError
from regression_model.processing.datasets.cache import digest_file
from regression_model.records.identity import describe_surroundings
from regression_model.train_pipeline.recorded_config import digest_config

if TYPE_CHECKING:
    from pathlib import Path

    from regression_model.search.job import SearchJob
    from regression_model.search.material import Material

FREE = ("jobs", "time_limit_s", "trials", "early_stopping", "experiment", "backend", "scheduler")
"""Settings that may differ when a run is resumed: how long it goes on, and where, on how many processes."""


def describe_identity(job: SearchJob, material: Material) -> dict[str, Any]:
    """Return what determines the course of a search, but for how long it goes on.

    Returns
    -------
    dict
        By words for people; plain values.
    """
    settings = job.settings.model_dump(mode="json", exclude=set(FREE))
    return {
        "the configuration": digest_config(job.config.model_dump(mode="json")),
        "the order of the features": hashlib.sha256("\n".join(job.config.features.dtypes()).encode()).hexdigest(),
        "the table": material.provenance.sha256,
        "the settings of the search": digest_config(settings),
        **describe_worker(job.validation),
    }


def describe_worker(validation: Path | None) -> dict[str, Any]:
    """Return what else has to be the same wherever trials run, besides the table, which the trials look at.

    Parameters
    ----------
    validation : Path or None
        Table that trials are scored on.
    """
    return {
        "the validation table": None if validation is None else digest_file(validation),
        **describe_surroundings(),
    }


def check_worker(expected: Mapping[str, Any], validation: Path | None) -> None:
    """Refuse to do trials where other results would come of them.

    Raises
    ------
    WorkerError
        Naming what differs.
    """
    found = describe_worker(validation)
    other = [name for name in expected if found.get(name) != expected[name]]
    if other:
        details = "; ".join(f"{name}: expected {expected[name]!r}, found {found.get(name)!r}" for name in other)
        raise WorkerError(
            f"{', '.join(other)} of {platform.node()} differ from those of the search, so that its results would; "
            f"install and mount the same everywhere ({details})"
        )
