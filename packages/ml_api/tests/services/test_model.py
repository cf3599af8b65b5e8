from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys

import pytest

from ml_api.errors import ModelNotReadyError
from ml_api.services import ModelService


def test_nothing_is_loaded_before_it_is_asked_for(model_folder):
    with pytest.raises(ModelNotReadyError, match="not loaded") as caught:
        _ = ModelService(model_folder).artifact
    assert caught.value.details == {"reason": "NotLoaded"}


def test_the_model_is_loaded(model_folder, artifact, caplog):
    caplog.set_level(logging.INFO)
    service = ModelService(model_folder)
    assert service.load()
    assert service.artifact.digest == artifact.digest
    assert service.describe().model_version == artifact.version
    assert service.describe().compiled
    [record] = [record for record in caplog.records if record.name == "ml_api.services.model"]
    assert record.fields == {
        "model_version": artifact.version,
        "artifact_digest": artifact.digest,
        "task": "regression",
        "compiled": True,
        "predicts_in": "web_worker",
        "signed_by": None,
        "path": str(model_folder),
    }


def test_a_missing_model_is_logged_and_remembered(tmp_path, caplog):
    service = ModelService(tmp_path)
    assert not service.load()
    with pytest.raises(ModelNotReadyError) as caught:
        _ = service.artifact
    assert caught.value.details == {"reason": "ArtifactNotFoundError"}
    assert "there is no trained model in" in caplog.text


def test_a_damaged_model_is_refused(model_folder, tmp_path, caplog):
    folder = tmp_path / "model"
    shutil.copytree(model_folder, folder)
    [pipeline] = folder.glob("*.joblib")
    data = bytearray(pipeline.read_bytes())
    data[len(data) // 2] ^= 1
    pipeline.write_bytes(data)
    service = ModelService(folder)
    assert not service.load()
    assert "ArtifactIntegrityError" in caplog.text
    assert service.describe().model_version is None


def test_whatever_goes_wrong_with_a_model_the_process_lives(monkeypatch, model_folder):
    def fail(_path, **_options):
        raise ImportError("a library that the model needs is gone")

    monkeypatch.setattr("regression_model.load_artifact", fail)
    service = ModelService(model_folder)
    assert not service.load()
    with pytest.raises(ModelNotReadyError) as caught:
        _ = service.artifact
    assert caught.value.details == {"reason": "ImportError"}


def test_what_is_imported_before_there_are_workers_starts_no_thread():
    program = (
        "import re, sys; from pathlib import Path; from ml_api.services.model import import_model_runtime; "
        "import_model_runtime(); assert 'numpy' in sys.modules; assert not {'ssl', 'socket'} & set(sys.modules); "
        "assert re.search(r'Threads:\\s+1\\n', Path('/proc/self/status').read_text())"
    )
    environ = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60, env=environ)
