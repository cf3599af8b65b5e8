"""AutoGluon on one table, within a time limit."""

from __future__ import annotations

import time

START = time.time()

from pathlib import Path  # noqa: E402 - what comes before is the start of the clock

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from autogluon.tabular import TabularPredictor  # noqa: E402
from result import find_size_mb, read_job, time_rows, write  # noqa: E402


def main() -> None:
    """Fit, save, predict."""
    job = read_job()
    train, test = pd.read_csv(job["train"]), pd.read_csv(job["test"])
    target, positive = job["target"], job["positive"]
    metric = {"mae": "mean_absolute_error", "rmsle": "root_mean_squared_error", "log_loss": "log_loss"}[job["metric"]]
    logarithmic = job["metric"] == "rmsle"
    if logarithmic:
        train[target] = np.log1p(train[target])
    folder = Path(job["folder"]) / "autogluon"
    predictor = TabularPredictor(target, eval_metric=metric, path=str(folder), verbosity=0)
    predictor.fit(train, time_limit=job["seconds"], presets=job["preset"], num_cpus=2)
    seconds = time.time() - START

    def predict(frame: pd.DataFrame) -> np.ndarray:
        if positive is not None:
            return predictor.predict_proba(frame)[positive].to_numpy()
        answer = predictor.predict(frame).to_numpy()
        return np.expm1(answer) if logarithmic else answer

    features = test.drop(columns=target)
    best = predictor.model_best
    measured = (seconds, find_size_mb(folder), time_rows(predict, features), f"best: {best}")
    write(job, "autogluon.tabular", predict(features), *measured)


if __name__ == "__main__":
    main()
