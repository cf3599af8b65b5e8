"""Two small models, trained once from the embedded sample, and a fresh application for each test."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ml_api.app import create_app
from ml_api.settings import TestingSettings
from regression_model import Artifact, load_config, load_pipeline, run_training, sign_artifact
from regression_model.artifact.signing_keys import create_key

CONFIGS = Path(__file__).parent / "configs"

CheckError = Callable[..., dict[str, Any]]


def _replace_broken(value: Any) -> Any:
    """Write what no encoding can carry as its number, in all texts of a report."""
    if isinstance(value, str):
        return value.encode(errors="backslashreplace").decode()
    if isinstance(value, dict):
        return {key: _replace_broken(each) for key, each in value.items()}
    return [_replace_broken(each) for each in value] if isinstance(value, list | tuple) else value


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, Any]:
    """Let pytest-xdist carry reports of tests that log broken Unicode: otherwise they end its worker."""
    return _replace_broken((yield))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what draws many random inputs: it says nothing of Python's version."""
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker(pytest.mark.exhaustive)


def _train(name: str, folder: Path) -> Path:
    run_training(load_config(CONFIGS / f"{name}.yml"), sample=True, output=folder)
    return folder


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a regression model."""
    return _train("prices", tmp_path_factory.mktemp("prices"))


@pytest.fixture(scope="session")
def house_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model of the size of a real one: all features and steps of the package's own configuration."""
    folder = tmp_path_factory.mktemp("house")
    run_training(load_config(), sample=True, output=folder)
    return folder


@pytest.fixture(scope="session")
def classifier_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a classification model."""
    return _train("air", tmp_path_factory.mktemp("air"))


@pytest.fixture(scope="session")
def neighbours_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model without a compiled form, signed by the key in ``key.pub`` beside it."""
    folder = tmp_path_factory.mktemp("neighbours")
    create_key(folder / "key")
    sign_artifact(_train("neighbours", folder / "model"), folder / "key")
    return folder / "model"


@pytest.fixture(scope="session")
def artifact(model_folder: Path) -> Artifact:
    """The regression model, loaded by the model package itself: what the API's answers have to agree with."""
    return load_pipeline(model_folder)


@pytest.fixture
def row(artifact: Artifact) -> dict[str, Any]:
    """A row that the regression model can predict."""
    return artifact.example_row()


@pytest.fixture
def app(model_folder: Path) -> Flask:
    return create_app(TestingSettings(artifact=model_folder))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def empty_client(tmp_path: Path) -> FlaskClient:
    """A client of an application whose model can't be loaded."""
    return create_app(TestingSettings(artifact=tmp_path)).test_client()


@pytest.fixture(scope="session")
def check_error() -> CheckError:
    """Return a check that a response is an error in the one shape; it returns the error."""

    def check(response: TestResponse, status: int, code: str) -> dict[str, Any]:
        assert response.status_code == status, response.text
        assert response.mimetype == "application/json"
        document = response.get_json()
        assert list(document) == ["error"]
        error: dict[str, Any] = document["error"]
        assert list(error) == ["code", "message", "details", "request_id"]
        assert error["code"] == code
        assert isinstance(error["message"], str)
        assert error["message"]
        assert isinstance(error["details"], dict)
        assert error["request_id"] == response.headers["X-Request-ID"]
        return error

    return check
