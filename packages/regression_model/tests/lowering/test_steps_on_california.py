"""The steps that learn from places, from related columns and from the target, on a real table."""

from __future__ import annotations

import pickle
from typing import Any

import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from regression_model.compiled import CompiledPipeline, Program
from regression_model.config import Config
from regression_model.lowering import compile_pipeline, prove_equality
from regression_model.pipeline import build_pipeline, find_features_read
from regression_model.processing.schema import infer_schema
from regression_model.train_pipeline.golden_rows import to_wire

N_TRAIN = 3_000
N_HELD_OUT = 150
PLACE = ["latitude", "longitude"]
COUNTS = ["total_rooms", "total_bedrooms", "population", "households"]
NUMBERS = [*COUNTS, "housing_median_age", "median_income"]


def build_config(transform: str = "log", **changes: Any) -> Config:
    return Config.model_validate(
        {
            "pipeline_name": "blocks",
            "task": "regression",
            "data": {"name": "blocks"},
            "target": {"column": "median_house_value", "transform": transform},
            "features": {"number": [*PLACE, *NUMBERS], "category": ["ocean_proximity"]},
            "preprocessing": [
                {"step": "impute_related", "columns": NUMBERS},
                {"step": "target_encoding"},
                {"step": "rotate_coordinates", "columns": PLACE},
                {"step": "place_clusters", "columns": PLACE, "n_clusters": 5, "nearest": True},
                {"step": "neighbour_target", "columns": PLACE},
                {"step": "combine_pairs", "columns": COUNTS, "n": 3},
            ],
            "model": {"family": "hist_gradient_boosting", "max_iter": 8},
        }
        | changes
    )


@pytest.fixture(scope="module")
def blocks(real_data) -> pd.DataFrame:
    table = pd.read_csv(real_data("california_housing.csv"), nrows=200_000)
    table = table.sample(N_TRAIN + N_HELD_OUT, random_state=0).reset_index(drop=True)
    return table.astype({"ocean_proximity": object})


def train(blocks: pd.DataFrame, config: Config) -> tuple[Any, Any, Any]:
    frame = blocks[list(config.features.dtypes())].astype(dict.fromkeys([*PLACE, *NUMBERS], "float64"))
    train_rows = frame.iloc[:N_TRAIN]
    with threadpool_limits(1):
        pipeline = build_pipeline(config).fit(train_rows, blocks["median_house_value"].iloc[:N_TRAIN].astype(float))
    return pipeline, infer_schema(train_rows, config, frame), frame


@pytest.mark.parametrize("family", ["hist_gradient_boosting", "ridge"])
def test_the_compiled_form_predicts_the_same(blocks, family):
    changes = {"model": {"family": "ridge"}} if family == "ridge" else {}
    config = build_config(**changes)
    if family == "ridge":
        scaled = [*config.model_dump(mode="json")["preprocessing"], {"step": "impute_number", "columns": "all"}]
        config = build_config(**changes, preprocessing=[*scaled, {"step": "scale"}])
    pipeline, schema, frame = train(blocks, config)
    assert find_features_read(pipeline, config, frame) == set(frame.columns)
    program = compile_pipeline(pipeline, schema, config, frame)
    compiled = CompiledPipeline(Program.from_files(program.to_files("m")), schema)
    held_out = [to_wire(row, schema) for row in frame.iloc[N_TRAIN:].to_dict(orient="records")]
    proof = prove_equality(pipeline, compiled, schema, held_out)
    assert proof.n_rows > N_HELD_OUT


def test_two_trainings_give_the_same_bytes(blocks):
    first, second = (train(blocks, build_config())[0] for _ in range(2))
    assert pickle.dumps(first[:-1]) == pickle.dumps(second[:-1])


def test_missing_bedrooms_are_told_by_the_others(blocks):
    pipeline, schema, frame = train(blocks.dropna(ignore_index=True), build_config())
    assert schema["total_bedrooms"].nullable, "though it is never missing in these rows"
    known = frame.iloc[-100:]
    imputer = pipeline.steps[0][1]
    filled = imputer.transform(known.assign(total_bedrooms=float("nan")))["total_bedrooms"]
    error = (filled - known["total_bedrooms"]).abs().mean()
    median_error = (imputer.medians_["total_bedrooms"] - known["total_bedrooms"]).abs().mean()
    assert error < 0.25 * median_error
