"""What a tracking server is told of a trained model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regression_model.artifact import Manifest
    from regression_model.tracking.base import TrackedRun


def track_training(run: TrackedRun, manifest_path: Path, manifest: Manifest) -> None:
    """Tell of a model that was trained and saved.

    Parameters
    ----------
    run : TrackedRun
    manifest_path : Path
        Its folder holds the files that the manifest names.
    manifest : Manifest

    Notes
    -----
    Parameters are the model's hyperparameters (``model.*``), the seed and the target's transform. Metrics are those of
    the holdout (``holdout.mae``) with the bounds of their intervals (``holdout.mae.low``, ``.high``), and the means
    over the folds if there was a cross-validation. Tags are the digests, versions and the Git commit. Files go to
    ``model``.
    """
    content = manifest.content
    run.log_parameters({"model": _describe_model(content), "seed": content["seeds"]["run"]})
    run.log_parameters({"target": {key: content["target"][key] for key in ("column", "transform")}})
    run.log_metrics(_list_metrics(content["metrics"]))
    run.log_tags(_list_tags(content))
    data = content["data"]
    run.log_dataset(data["name"], data["sha256"], data["name"])
    for name in sorted(entry["name"] for entry in content["files"].values()):
        run.log_file(manifest_path.parent / name, "model")
    run.log_file(manifest_path, "model")


def _describe_model(content: Mapping[str, Any]) -> dict[str, Any]:
    return {"family": content["model"]["family"], **content["model"]["parameters"]}


def _list_metrics(metrics: Mapping[str, Any]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, entry in metrics["holdout"]["metrics"].items():
        if entry["value"] is None:
            continue
        found[f"holdout.{name}"] = entry["value"]
        found |= {f"holdout.{name}.{end}": entry[end] for end in ("low", "high") if entry[end] is not None}
    folds = metrics["cross_validation"]
    if folds is not None:
        found |= {
            f"cross_validation.{name}": entry["mean"]
            for name, entry in folds["metrics"].items()
            if entry["mean"] is not None
        }
    return found


def _list_tags(content: Mapping[str, Any]) -> dict[str, str]:
    tags = {
        "pipeline_name": content["pipeline_name"],
        "model_version": content["model_version"],
        "manifest_sha256": content["sha256"],
        "config_sha256": content["config_sha256"],
        "compiled": str(content["compiled"]).lower(),
    }
    if content["git"] is not None:
        # The names that MLflow gives to what it finds out by itself.
        tags |= {
            "mlflow.source.git.commit": content["git"]["commit"],
            "git_dirty": str(content["git"]["dirty"]).lower(),
        }
    return tags
