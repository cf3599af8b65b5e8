"""The three shipped configs have a compiled form that predicts the same, on the sample and on real tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from regression_model.compiled import CompiledPipeline, Program
from regression_model.config import Config, load_config
from regression_model.lowering import EqualityProof, compile_pipeline, prove_equality
from regression_model.processing.datasets import load_dataset
from regression_model.processing.reference_tables import load_reference_tables
from regression_model.processing.schema import infer_schema
from regression_model.processing.training_table import build_training_table
from regression_model.train_pipeline.fitting import drop_unread, fit_pipeline
from regression_model.train_pipeline.golden_rows import to_wire
from regression_model.train_pipeline.splitting import split_table

N_ROWS = 1_000


def prove(config: Config, path: Path | None = None) -> EqualityProof:
    dataset = load_dataset(config, path=path, allow_sample=path is None)
    table = build_training_table(dataset.frame, config)
    split = split_table(table, config)
    fitted = fit_pipeline(split, config, load_reference_tables(config))
    pipeline, schema = drop_unread(fitted, infer_schema(split.train, config, table.frame), split, config)
    program = compile_pipeline(pipeline, schema, config, split.train)
    # As the artifact keeps it.
    compiled = CompiledPipeline(Program.from_files(program.to_files("model")), schema)
    rows = [to_wire(row, schema) for row in split.test.head(N_ROWS)[schema.names].to_dict(orient="records")]
    return prove_equality(pipeline, compiled, schema, rows)


def test_published_model_on_the_sample(published_config):
    proof = prove(published_config)
    assert proof.n_rows > 1_500
    assert proof.n_refused > 100


@pytest.mark.slow
@pytest.mark.parametrize("name", ["house_prices", "california_housing", "bank_marketing"])
def test_real_tables(name, real_data):
    config = load_config(None if name == "house_prices" else name)
    assert prove(config, real_data(f"{name}.csv")).n_rows > 1_000
