"""How long predictions take inside a process, validation included."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from speed.models import Trained
from speed.report import Figure, Section

N_LAPS = 9
N_MANY = 100_000


def measure_in_process(models: list[Trained]) -> Section:
    """Measure single rows and 100,000, in turn with the pipeline."""
    section = Section(
        "In process",
        f"`make_prediction` beside `pipeline.predict` on the same rows, both with validation; {N_LAPS} laps. For "
        f"{N_MANY:,} rows the columns are given as arrays.",
    )
    for trained in models:
        section.figures += _measure_row(trained)
        section.figures += _measure_many(trained)
    return section


def _measure_row(trained: Trained) -> list[Figure]:
    from regression_model import load_artifact, load_pipeline, make_prediction, validate_inputs

    row = trained.rows[0]
    artifact, slow = load_artifact(trained.folder), load_pipeline(trained.folder)

    def predict_slowly() -> Any:  # noqa: ANN401
        inputs = validate_inputs(input_data=row, schema=slow.schema)
        return slow.pipeline.predict(inputs.frame)

    laps = [
        (_time(lambda: make_prediction(input_data=row, artifact=artifact), 2000), _time(predict_slowly, 5))
        for _ in range(N_LAPS)
    ]
    most_us = {"lasso": 25.0, "lightgbm": 50.0}[trained.name]
    return [
        Figure(f"one row, {trained.name}", [1e6 * fast for fast, _ in laps], "µs", most_us, at_least=False),
        Figure(f"one row, {trained.name}, the pipeline", [1e6 * slow for _, slow in laps], "µs"),
        Figure(f"one row, {trained.name}: pipeline / compiled", [slow / fast for fast, slow in laps], "", 500.0),
    ]


def _measure_many(trained: Trained) -> list[Figure]:
    import numpy as np

    from regression_model import load_artifact, load_pipeline, validate_inputs

    artifact, slow = load_artifact(trained.folder), load_pipeline(trained.folder)
    rows = (trained.rows * (N_MANY // len(trained.rows) + 1))[:N_MANY]
    frame = validate_inputs(input_data=rows, schema=slow.schema).frame
    columns = {name: frame[name].to_numpy() for name in frame}
    booster = _find_booster(slow.pipeline)
    ready = None
    if booster is not None:
        ready = np.ascontiguousarray(slow.pipeline[:-1].transform(frame).to_numpy(dtype=np.float64))
    laps = []
    for _ in range(3):
        fast = _time(lambda: artifact.compiled.predict_arrays(columns, N_MANY), 1)
        slowly = _time(lambda: slow.pipeline.predict(frame), 1)
        boosted = float("nan") if booster is None else _time(lambda: booster.predict(ready, num_threads=1), 1)
        laps.append((fast, slowly, boosted))
    figures = [
        Figure(f"{N_MANY:,} rows, {trained.name}", [1000 * fast for fast, _, _ in laps], "ms"),
        Figure(
            f"{N_MANY:,} rows, {trained.name}: pipeline / compiled",
            [slowly / fast for fast, slowly, _ in laps],
            "",
            5.0 if booster is None else None,
        ),
    ]
    if booster is not None:
        shares = [fast / boosted for fast, _, boosted in laps]
        figures.append(Figure(f"{N_MANY:,} rows, {trained.name}: compiled / booster", shares, "", 1.25, at_least=False))
    return figures


def _find_booster(pipeline: Any) -> Any:  # noqa: ANN401 - scikit-learn has no types
    model = pipeline.steps[-1][1]
    return getattr(getattr(model, "regressor_", model), "booster_", None)


def _time(call: Callable[[], Any], n_times: int) -> float:
    call()
    started = time.perf_counter()
    for _ in range(n_times):
        call()
    return (time.perf_counter() - started) / n_times
