"""FLAML on one table, within a time limit; alone or with its ensemble."""

from __future__ import annotations

import time

START = time.time()

import pickle  # noqa: E402 - what comes before is the start of the clock
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from flaml import AutoML  # noqa: E402
from result import find_size_mb, read_job, time_rows, write  # noqa: E402


def main() -> None:
    """Fit, save, predict."""
    job = read_job()
    train, test = pd.read_csv(job["train"]), pd.read_csv(job["test"])
    target, positive = job["target"], job["positive"]
    metric = {"mae": "mae", "rmsle": "rmse", "log_loss": "log_loss"}[job["metric"]]
    labels = train.pop(target)
    logarithmic = job["metric"] == "rmsle"
    if logarithmic:
        labels = np.log1p(labels)  # it has no RMSLE of its own
    model = AutoML()
    model.fit(
        train,
        labels,
        task="regression" if positive is None else "classification",
        metric=metric,
        time_budget=job["seconds"],
        n_jobs=2,
        seed=job["seed"],
        ensemble=job["ensemble"],
        verbose=0,
    )
    path = Path(job["folder"]) / "flaml.pkl"
    with path.open("wb") as file:
        pickle.dump(model, file)
    seconds = time.time() - START

    def predict(frame: pd.DataFrame) -> np.ndarray:
        if positive is not None:
            return model.predict_proba(frame)[:, list(model.classes_).index(positive)]
        answer = model.predict(frame)
        return np.expm1(answer) if logarithmic else answer

    features = test.drop(columns=target)
    best = model.best_estimator
    measured = (seconds, find_size_mb(path), time_rows(predict, features), f"best: {best}")
    write(job, "flaml", predict(features), *measured)


main()
