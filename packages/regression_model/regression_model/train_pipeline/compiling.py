"""Compiles a fitted pipeline, and proves that both forms of it predict the same."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from regression_model.compiled import CompiledPipeline, Program
from regression_model.errors import RegressionModelError
from regression_model.lowering import compile_pipeline, prove_equality
from regression_model.train_pipeline.golden_rows import to_wire

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from regression_model.config import Config
    from regression_model.schema import Schema
    from regression_model.train_pipeline.splitting import Split

logger = logging.getLogger(__name__)

_N_ROWS = 1_000
"""Held-out rows, at most, on which the proof is done."""


@dataclass(frozen=True)
class Compilation:
    """The compiled form of a pipeline, or why there is none.

    Attributes
    ----------
    program : Program or None
    reason : str or None
        Begins with the name of the step that is the reason, if it is one.
    """

    program: Program | None
    reason: str | None = None


def compile_and_prove(pipeline: Pipeline, schema: Schema, config: Config, split: Split) -> Compilation:
    """Compile a pipeline, and keep the result only if it predicts the same.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted; as it is saved.
    schema : Schema
        As it is saved.
    config : Config
    split : Split
        The proof is on its test part, and on rows made from it that are odd in every way that a request can be.

    Returns
    -------
    Compilation
        Without a program where a step has no compiled form, or one that computes something else, and where compiling
        fails in whatever way: the model then predicts by its pipeline, and the training is not lost.
    """
    try:
        made = compile_pipeline(pipeline, schema, config, split.train)
        # What is proven is what is read from the files, as it will be where the model predicts.
        program = Program.from_files(made.to_files(""))
        proof = prove_equality(pipeline, CompiledPipeline(program, schema), schema, _list_rows(split, schema))
    except RegressionModelError as error:
        logger.warning("the model has no compiled form: %s", error)
        return Compilation(None, str(error))
    except Exception as error:
        logger.exception("the model has no compiled form: compiling it failed")
        return Compilation(None, f"compiling failed: {type(error).__name__}: {error}")
    logger.info("the compiled form predicts the same: %s", proof)
    return Compilation(program)


def _list_rows(split: Split, schema: Schema) -> list[dict[str, Any]]:
    """Return held-out rows, evenly chosen, as a client would send them."""
    positions = np.unique(np.linspace(0, len(split.test) - 1, _N_ROWS).astype(int))
    chosen = split.test[schema.names].iloc[positions]
    return [to_wire(row, schema) for row in chosen.to_dict(orient="records")]
