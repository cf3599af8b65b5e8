"""A real package index on loopback that asks who reads, and versions of a small model to put into it."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from regression_model.config import parse_config
from regression_model.train_pipeline import run_training

ROOT = Path(__file__).resolve().parents[2]
USERNAME, TOKEN = "reader", "a secret of the test"
START_TIMEOUT_S = 30.0
CONFIG = """
pipeline_name: houses
version: {version}
task: regression
data:
  name: house_prices
  sample: house_prices
target:
  column: SalePrice
  transform: log
features:
  number: [LotArea, GrLivArea]
preprocessing:
- step: log
  columns: [LotArea, GrLivArea]
model:
  family: lasso
  alpha: {alpha}
evaluation:
  bootstrap_samples: 100
"""


@dataclass(frozen=True)
class RunningIndex:
    """A package index: its URL, and the folder that holds what it offers."""

    url: str
    folder: Path

    def publish(self, name: str, model: Path | None = None) -> Path:
        """Put a file into the index: a wheel with a model, or something that must not be taken."""
        path = self.folder / name
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("regression_model/__init__.py", "raise SystemExit('it was imported')")
            for file in model.glob("houses*") if model is not None else ():
                archive.write(file, f"regression_model/trained_models/{file.name}")
        return path


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_it_listens(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while server.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("pypiserver did not start")


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[RunningIndex]:
    """One server for all tests of a module."""
    folder = tmp_path_factory.mktemp("index")
    hashed = base64.b64encode(hashlib.sha1(TOKEN.encode()).digest()).decode()
    passwords = tmp_path_factory.mktemp("passwords") / "htpasswd"
    passwords.write_text(f"{USERNAME}:{{SHA}}{hashed}\n")
    port = find_free_port()
    command = [sys.executable, "-m", "pypiserver", "run", "--interface", "127.0.0.1", "--port", str(port)]
    command += [
        "--disable-fallback",
        "--authenticate",
        "update,download,list",
        "--passwords",
        str(passwords),
        str(folder),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until_it_listens(process, port)
            yield RunningIndex(f"http://127.0.0.1:{port}/simple/", folder)
        finally:
            process.terminate()
            process.wait(10)


@pytest.fixture
def index(server) -> RunningIndex:
    """The index, empty."""
    for path in server.folder.iterdir():
        path.unlink()
    return server


@pytest.fixture(scope="session")
def train(tmp_path_factory) -> Callable[..., Path]:
    """Return a function that trains a version of a small model."""

    def run(version: str, alpha: float) -> Path:
        folder = tmp_path_factory.mktemp("model")
        config = parse_config(CONFIG.format(version=version, alpha=alpha), file=folder / "houses.yml")
        run_training(config, sample=True, output=folder)
        return folder

    return run


@pytest.fixture
def run_script(tmp_path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs the script outside of the checkout, with the tests' own regression-model."""

    def run(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
        known = {name: value for name, value in os.environ.items() if not name.startswith(("PACKAGE_INDEX_", "PIP_"))}
        program = Path(sys.executable).parent / "regression-model"
        script = [str(ROOT / "scripts" / "differential-test"), "--program", str(program)]
        return subprocess.run(
            [sys.executable, *script, *(str(argument) for argument in arguments)],
            env={**known, "COLUMNS": "200", "PYTHONDONTWRITEBYTECODE": "1", **variables},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run
