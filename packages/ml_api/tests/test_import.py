"""Importing the package is free: no files, no environment, nothing heavy."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import shutil
import subprocess
import sys

import pytest

import ml_api
import ml_api.wsgi
from regression_model import Manifest

HEAVY = {"flask", "marshmallow", "gunicorn", "click", "pandas", "sklearn", "numpy", "regression_model"}


@pytest.mark.parametrize("module", ["ml_api", "ml_api.wsgi"])
def test_an_import_brings_nothing_heavy(module):
    program = f"import sys, {module}; heavy = {HEAVY} & set(sys.modules); assert not heavy, heavy"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


FREE = """
import os, sys

class Untouchable(dict):
    def __getitem__(self, key):
        raise AssertionError(f"{key} was read from the environment")
    get = __contains__ = __getitem__

# What Python itself imports for us may read its own variables; only then does the trap shut.
import importlib.resources, dataclasses, difflib, pathlib, typing, logging
os.environ = Untouchable()

def refuse(event, arguments):
    if event == "open" and not str(arguments[0]).endswith((".py", ".pyc")):
        raise AssertionError(f"{arguments[0]} was opened")
    if event in {"socket.connect", "subprocess.Popen", "os.exec"}:
        raise AssertionError(event)

sys.addaudithook(refuse)
import ml_api, ml_api.wsgi, ml_api.settings, ml_api.errors, ml_api.services
"""


def test_an_import_opens_no_file_and_takes_no_environment():
    subprocess.run([sys.executable, "-c", FREE], check=True, timeout=60)


def test_every_public_name_resolves():
    for name in ml_api.__all__:
        assert getattr(ml_api, name) is not None
        assert name in dir(ml_api)


@pytest.mark.parametrize("module", [ml_api, ml_api.wsgi])
def test_an_unknown_name_is_an_attribute_error(module):
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = module.nonsense


SERVING = """
import json, os, sys
from pathlib import Path
from ml_api.app import create_app
from ml_api.blueprints.context import EXTENSION
from ml_api.schemas import write_csv_rows
from ml_api.settings import TestingSettings

app = create_app(TestingSettings(artifact=Path(sys.argv[1]), log_level="ERROR"))
assert app.extensions[EXTENSION].model.describe().compiled
client, row = app.test_client(), app.extensions[EXTENSION].model.artifact.example_row()
table, line = write_csv_rows([row]), json.dumps(row)
answers = [
    client.post("/v1/predict", json=row),
    client.post("/v1/predict", json=[row, {}, row]),
    client.post("/v1/predict?explain=true", json=row),
    client.post("/v1/predict", data=table, content_type="text/csv"),
    client.post("/v1/predict", data=line, content_type="application/x-ndjson"),
    client.get("/metrics"),
    client.get("/openapi.json"),
]
assert [answer.status_code for answer in answers] == [200] * len(answers), answers
loaded = set(sys.argv[2].split()) & {name.partition(".")[0] for name in sys.modules}
assert not loaded, loaded
"""
TRAINING_ONLY = "sklearn pandas scipy feature_engine joblib pydantic lightgbm xgboost pyarrow duckdb rich requests"


@pytest.mark.parametrize("folder", ["model_folder", "classifier_folder"])
def test_serving_needs_nothing_that_trained_the_model(folder, request):
    program = [sys.executable, "-c", SERVING, str(request.getfixturevalue(folder)), TRAINING_ONLY]
    subprocess.run(program, check=True, timeout=60)


def test_a_hostile_pickle_does_no_harm_to_the_api(model_folder, tmp_path):
    # Given a model whose pickle, under a digest that fits, would run something
    folder = tmp_path / "model"
    shutil.copytree(model_folder, folder)
    [pipeline], [manifest] = folder.glob("*.joblib"), folder.glob("*.manifest.json")
    before = hashlib.sha256(pipeline.read_bytes()).hexdigest()
    pipeline.write_bytes(pickle.dumps(_Hostile(str(tmp_path / "canary"))))
    after = hashlib.sha256(pipeline.read_bytes()).hexdigest()
    manifest.write_bytes(Manifest.seal(json.loads(manifest.read_text().replace(before, after))).to_bytes())
    # When the API serves it
    subprocess.run([sys.executable, "-c", SERVING, str(folder), TRAINING_ONLY], check=True, timeout=60)
    # Then nothing was run
    assert not (tmp_path / "canary").exists()


class _Hostile:
    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return os.mkdir, (self.path,)
