"""Trains the shipped model of series with another extractor or other groups; run as a process of its own.

Prints what the cross-validation says, and how long it took, as JSON.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from regression_model import load_config, run_training

SHIPPED = {"minirocket": "stairs_accelerometer_minirocket"}
DEFAULT = "stairs_accelerometer"


def main() -> None:
    """Train as the command line says: extractor, groups or ``random``, table."""
    extractor, groups, table = sys.argv[1:]
    config = load_config(SHIPPED.get(extractor, DEFAULT))
    steps = [
        step.model_copy(update={"extractor": extractor}) if step.step == "extract_series_features" else step
        for step in config.preprocessing
    ]
    evaluation = config.evaluation.model_copy(update={"groups": None if groups == "random" else groups})
    config = config.model_copy(update={"preprocessing": tuple(steps), "evaluation": evaluation})
    stages: list[tuple[str, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        result = run_training(
            config,
            data_path=Path(table),
            output=Path(folder),
            report_progress=lambda stage: stages.append((stage, time.perf_counter())),
        )
    first = next(at for stage, at in stages if stage.startswith("Cross-validating"))
    last = next(at for stage, at in stages if stage.startswith("Fitting the model"))
    folds = result.manifest.content["metrics"]["cross_validation"]
    found = {
        "cross_validation_s": last - first,
        "n_folds": folds["folds"],
        "n_rows": result.manifest.content["rows"]["total"],
        "accuracy": folds["metrics"]["accuracy"]["mean"],
        "holdout_accuracy": result.manifest.content["metrics"]["holdout"]["metrics"]["accuracy"]["value"],
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
