"""The scoring script of Azure Machine Learning, called as the platform does."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from deployment.contexts import write_azure_context

from regression_model import load_artifact, make_prediction

ROOT = Path(__file__).resolve().parents[2]
SCORE = ROOT / "deploy" / "azure_ml" / "score.py"


@pytest.fixture
def score(version_1, tmp_path, monkeypatch):
    """The script, imported and initialised with a registered model: the platform adds folders around it."""
    shutil.copytree(version_1.model, tmp_path / "houses" / "1" / "model")
    monkeypatch.setenv("AZUREML_MODEL_DIR", str(tmp_path / "houses" / "1"))
    spec = importlib.util.spec_from_file_location("score", SCORE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.init()
    return module


@pytest.fixture
def artifact(version_1):
    return load_artifact(version_1.model)


def test_rows_as_objects_and_as_arrays_are_predicted_alike(score, artifact):
    rows = artifact.manifest.content["golden_rows"]["rows"][:3]
    expected = make_prediction(input_data=rows, artifact=artifact)
    arrays = [[row[name] for name in artifact.schema.names] for row in rows]
    for data in (rows, arrays):
        for body in (json.dumps({"data": data}), json.dumps(data).encode()):
            answer = score.run(body)
            assert answer["predictions"] == expected["predictions"]
            assert answer["version"] == "7.1.0"
            assert answer["errors"] == {}


def test_a_row_that_is_refused_does_not_stop_the_others_and_the_answer_is_json(score, artifact):
    row = artifact.example_row()
    answer = json.loads(json.dumps(score.run(json.dumps({"data": [row, {**row, "LotArea": "big"}, row]}))))
    first, second, third = answer["predictions"]
    assert second is None
    assert first == third
    assert answer["errors"]["1"][0]["field"] == "LotArea"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("{", "expected JSON"),
        ('{"data": [NaN]}', "NaN is not in JSON"),
        ('{"rows": []}', 'expected {"data"'),
        ('{"data": []}', 'expected {"data"'),
        ('{"data": [[1, 2]]}', "row 0 is an array of 2 values, and the model has 10 features: LotArea"),
        ("[" * 100_000, "expected JSON"),
        (" " * 10_000_001, "10000000 bytes at most"),
    ],
)
def test_what_is_no_request_is_said(score, body, message):
    answer = score.run(body)
    assert answer["error"]["code"] == "invalid_document"
    assert message in answer["error"]["message"]


def test_two_models_are_refused_at_the_start(score, version_1, tmp_path):
    shutil.copytree(version_1.model, tmp_path / "houses" / "1" / "other")
    with pytest.raises(FileNotFoundError, match="expected one model"):
        score.init()


@pytest.fixture
def context(version_1, tmp_path):
    """What is deployed, made from a wheel of the model; and beside it what the environment has, which is numpy."""
    wheel = tmp_path / "regression_model-7.1.0-py3-none-any.whl"
    package = version_1.model.parent
    with zipfile.ZipFile(wheel, "w") as archive:
        for path in package.rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                archive.write(path, path.relative_to(package.parent))
        archive.writestr("../outside.py", "")
    write_azure_context(tmp_path / "azure", replace(version_1.packages, model_wheel=wheel), ROOT)
    libraries = tmp_path / "libraries"
    libraries.mkdir()
    for found in Path(sysconfig.get_path("platlib")).glob("numpy*"):
        (libraries / found.name).symlink_to(found)
    return tmp_path / "azure"


def test_the_environment_has_numpy_as_it_is_locked_and_what_serves(context):
    environment = yaml.safe_load((context / "environment.yml").read_text())
    python = next(line for line in environment["dependencies"] if isinstance(line, str) and line.startswith("python="))
    (pip,) = (line["pip"] for line in environment["dependencies"] if isinstance(line, dict))
    lock = ROOT / "locks" / f"ml-api-py{python.removeprefix('python=').replace('.', '')}.txt"
    server, numpy = pip
    assert server.startswith("azureml-inference-server-http>=")
    assert f"{numpy} \\\n" in lock.read_text()


def test_what_is_deployed_predicts_with_what_the_environment_has(context, artifact):
    row = artifact.example_row()
    code = f"""if True:
        import json, sys
        sys.path[:0] = [{str(context)!r}, {str(context.parent / "libraries")!r}]
        import score
        score.init()
        print(json.dumps(score.run({json.dumps([row])!r})))
        assert "pandas" not in sys.modules
    """
    command = [sys.executable, "-I", "-S", "-c", code]
    finished = subprocess.run(command, cwd=context, env={}, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    expected = make_prediction(input_data=[row], artifact=artifact)
    assert json.loads(finished.stdout)["predictions"] == expected["predictions"]
    assert not (context.parent / "outside.py").exists()
