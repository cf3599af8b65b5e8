"""What a fitted pipeline costs where it serves: time for one row, and bytes."""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

import numpy as np

from regression_model.compiled import CompiledPipeline, Program
from regression_model.errors import NotCompiledError, RegressionModelError
from regression_model.lowering import compile_pipeline
from regression_model.pipeline import predict_frame
from regression_model.processing.schema import infer_schema
from regression_model.train_pipeline.golden_rows import to_wire

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from regression_model.config import Config
    from regression_model.train_pipeline.splitting import Split

logger = logging.getLogger(__name__)

_N_COMPILED, _N_PIPELINE = 200, 15
_N_ROWS = 50
_ENOUGH_S = 0.5
"""No longer is a model measured that is slow."""


@dataclass(frozen=True)
class Footprint:
    """What a fitted pipeline costs.

    Attributes
    ----------
    latency_ms : float
        Median time to predict one row.
    size_bytes : int
    compiled : bool
        Whether it has a compiled form; then both are that form's.
    """

    latency_ms: float
    size_bytes: int
    compiled: bool


def measure_footprint(pipeline: Pipeline, fold: Split, config: Config) -> Footprint:
    """Compile a pipeline if that is possible, and measure it on rows that it did not learn from.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted.
    fold : Split
        What it was fitted on, and the rows to predict.
    config : Config
        From which it was built.
    """
    program = _compile(pipeline, fold, config)
    some = fold.test.head(_N_ROWS)
    if program is None:
        rows = [some.iloc[[position]] for position in range(len(some))]
        latency_ms = _time(lambda row: predict_frame(pipeline, row), rows, _N_PIPELINE)
        return Footprint(latency_ms, _find_size(pipeline), compiled=False)
    made, compiled = program
    wire = [to_wire(row, compiled.schema) for row in some[compiled.schema.names].to_dict(orient="records")]
    size = sum(len(data) for data in made.to_files("").values())
    return Footprint(_time(compiled.predict_row, wire, _N_COMPILED), size, compiled=True)


def _compile(pipeline: Pipeline, fold: Split, config: Config) -> tuple[Program, CompiledPipeline] | None:
    schema = infer_schema(fold.train, config, fold.train)
    try:
        made = compile_pipeline(pipeline, schema, config, fold.train)
        return made, CompiledPipeline(made, schema)
    except NotCompiledError as error:
        logger.debug("no compiled form: %s", error)
    except RegressionModelError as error:
        logger.warning("a trial's model has no compiled form: %s", error)
    except MemoryError:
        # Of this process and not of the model: the trial ends, instead of looking like one without a compiled form.
        raise
    except Exception:
        logger.exception("a trial's model has no compiled form: compiling it failed")
    return None


def _time(predict: Callable[[Any], object], rows: list[Any], n_calls: int) -> float:
    """Return the median time of a call in ms; the first call, which may prepare something, does not count."""
    taken: list[float] = []
    end_s = time.perf_counter() + _ENOUGH_S
    calls: Iterator[Any] = islice(cycle(rows), n_calls + 1)
    for row in calls:
        began_s = time.perf_counter()
        predict(row)
        now_s = time.perf_counter()
        taken.append(now_s - began_s)
        if now_s > end_s and len(taken) > 1:
            break
    return 1000.0 * float(np.median(taken[1:] or taken))


def _find_size(pipeline: Pipeline) -> int:
    import joblib

    file = io.BytesIO()
    joblib.dump(pipeline, file, compress=3)
    return file.tell()
