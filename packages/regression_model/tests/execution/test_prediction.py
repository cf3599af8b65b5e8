"""A model that predicts in a process of its own."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest

from regression_model import (
    PredictionProcess,
    ProcessLimits,
    load_artifact,
    load_config,
    load_pipeline,
    make_prediction,
    needs_unpickling,
    run_training,
)
from regression_model.errors import ArtifactError, ArtifactIntegrityError, ExplanationError, InputDataError, WorkerError

CONFIG = """\
pipeline_name: neighbours
task: regression
data:
  name: house_prices
  sample: house_prices
target:
  column: SalePrice
features:
  number: [LotArea, GrLivArea]
  integer: [OverallQual, YearBuilt]
model:
  family: knn
evaluation:
  bootstrap_samples: 100
"""


def train(folder: Path) -> Path:
    (folder / "model.yml").write_text(CONFIG, encoding="utf-8")
    run_training(load_config(folder / "model.yml"), sample=True, output=folder / "model")
    return folder / "model"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A model without a compiled form."""
    return train(tmp_path_factory.mktemp("neighbours"))


@pytest.fixture(scope="module")
def model(folder):
    return load_artifact(folder, closed=True)


@pytest.fixture(scope="module")
def process(folder, model):
    started = PredictionProcess(folder, model.digest)
    started.start()
    yield started
    started.close()


def find_children() -> set[int]:
    files = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return {int(child) for file in files for child in file.read_text().split()}


def test_it_predicts_what_the_pipeline_does(folder, model, process):
    rows = [model.example_row(), {**model.example_row(), "LotArea": "much"}, 5]
    model.predictor = process
    expected = make_prediction(input_data=rows, artifact=load_pipeline(folder), gather_series=False)
    assert make_prediction(input_data=rows, artifact=model) == expected
    assert expected["predictions"][0] is not None
    assert set(expected["errors"]) == {1, 2}


def test_a_closed_model_is_never_unpickled_where_it_was_loaded(model):
    with pytest.raises(ArtifactError, match="stays closed in this process"):
        _ = model.pipeline


def test_what_needs_unpickling_is_told_without_opening_it(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    [pickle] = copy.glob("*.joblib")
    pickle.write_bytes(b"not a pickle")
    assert needs_unpickling(copy)


def test_an_error_over_there_is_raised_here(process, model):
    with pytest.raises(InputDataError):
        process.predict("no rows")
    with pytest.raises(ExplanationError, match="KNeighborsRegressor can't be explained"):
        process.predict(model.example_row(), explain=True)


def test_a_child_that_was_killed_is_replaced(folder, model):
    others = find_children()
    process = PredictionProcess(folder, model.digest)
    process.start()
    try:
        [child] = find_children() - others
        os.kill(child, signal.SIGKILL)
        assert process.predict(model.example_row())["predictions"][0] > 0
        assert child not in find_children()
    finally:
        process.close()


def test_what_takes_too_long_is_ended(folder, model):
    others = find_children()
    process = PredictionProcess(folder, model.digest, limits=ProcessLimits(time_s=0.001))
    process.start()
    started = find_children() - others
    try:
        with pytest.raises(TimeoutError, match="more than 0.001 s"):
            process.predict(model.example_row())
        assert started
        assert not started & find_children()
    finally:
        process.close()


def test_a_model_that_takes_too_much_memory_is_not_served(folder, model):
    # Far less than its libraries take.
    process = PredictionProcess(folder, model.digest, limits=ProcessLimits(memory_mb=50))
    with pytest.raises(MemoryError, match="more than 50 MB"):
        process.start()


def test_a_model_that_was_put_in_the_place_of_another_is_not_opened(folder):
    process = PredictionProcess(folder, "0" * 64)
    with pytest.raises(ArtifactIntegrityError, match="another one was put in its place"):
        process.start()
    process.close()


def test_a_process_that_has_no_time_to_start_is_given_up(folder, model):
    process = PredictionProcess(folder, model.digest, limits=ProcessLimits(start_s=0.01))
    with pytest.raises(WorkerError):
        process.start()
