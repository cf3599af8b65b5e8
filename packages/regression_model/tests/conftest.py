"""What several test files share: real tables, and one small trained model."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from regression_model.artifact import Artifact, load_pipeline
from regression_model.config import Config, load_config
from regression_model.train_pipeline import TrainingResult, run_training

ALL_ALTERNATIVES = ("test_every_", "test_random_pipelines")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what draws many random inputs, or goes through all alternatives: it says nothing of Python's version."""
    for item in items:
        drawn = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        if drawn or item.path.name.startswith(ALL_ALTERNATIVES):
            item.add_marker(pytest.mark.exhaustive)


@pytest.fixture(scope="session")
def real_data() -> Callable[[str], Path]:
    """Return a function from a file's name to its path; the test is skipped where there are no real tables."""

    def find(name: str) -> Path:
        folder = os.environ.get("REGRESSION_MODEL_TEST_DATA")
        path = Path(folder) / name if folder else None
        if path is not None and path.is_file():
            return path
        reason = f"{name} is not in the folder that REGRESSION_MODEL_TEST_DATA names"
        if os.environ.get("REQUIRE_REAL_DATA") == "1":
            pytest.fail(reason)
        pytest.skip(reason)

    return find


@pytest.fixture(scope="session")
def published_config() -> Config:
    """The configuration of the published model, without the cross-validation that a test does not need."""
    config = load_config()
    return config.model_copy(update={"evaluation": config.evaluation.model_copy(update={"folds": 0})})


@pytest.fixture(scope="session")
def trained(published_config: Config, tmp_path_factory: pytest.TempPathFactory) -> TrainingResult:
    """The published model, trained on the embedded sample."""
    return run_training(published_config, sample=True, output=tmp_path_factory.mktemp("trained"))


@pytest.fixture(scope="session")
def artifact(trained: TrainingResult) -> Artifact:
    """The same, loaded."""
    return load_pipeline(trained.path)


@pytest.fixture(scope="session")
def pack_wheel() -> Callable[..., Path]:
    """Return a function that packs a model, and other files if they are given, into a wheel."""

    def pack(model: Path, wheel: Path, others: Mapping[str, bytes] | None = None) -> Path:
        files = {f"regression_model/trained_models/{path.name}": path.read_bytes() for path in model.iterdir()}
        with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in {**files, **(others or {})}.items():
                if not name.endswith("/.lock"):
                    archive.writestr(name, data)
        return wheel

    return pack


@dataclass(frozen=True)
class Cluster:
    """A Dask scheduler and its workers, on the loopback."""

    address: str
    scheduler: subprocess.Popen[str]
    workers: tuple[subprocess.Popen[str], ...]


@pytest.fixture(scope="session")
def run_cluster() -> Callable[..., AbstractContextManager[Cluster]]:
    """Return a function that starts a scheduler and two workers of one task each, with these variables besides."""

    def start(stack: ExitStack, variables: Mapping[str, str], program: str, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{program}", *arguments],
            stderr=subprocess.PIPE, text=True, env={**os.environ, **variables},
        )  # fmt: skip
        stack.callback(process.communicate)
        stack.callback(process.kill)
        return process

    def wait_for(process: subprocess.Popen[str], pattern: str) -> str:
        """Read lines until one matches, and go on reading, so that the process never waits for a reader."""
        assert process.stderr is not None
        said = ""
        for line in process.stderr:
            said += line
            if found := re.search(pattern, line):
                threading.Thread(target=process.stderr.read, daemon=True).start()
                return found[0]
        pytest.fail(f"the process ended without {pattern!r}:\n{said}")

    @contextmanager
    def run(folder: Path, **variables: str) -> Iterator[Cluster]:
        with ExitStack() as stack:
            here = ("--host", "127.0.0.1", "--no-dashboard")
            scheduler = start(stack, variables, "scheduler", *here, "--port", "0")
            address = wait_for(scheduler, r"tcp://127\.0\.0\.1:\d+")
            single = ("--nthreads", "1", "--no-nanny", "--local-directory", str(folder))
            workers = tuple(start(stack, variables, "worker", address, *here, *single) for _ in range(2))
            for worker in workers:
                wait_for(worker, "Registered to")
            yield Cluster(address, scheduler, workers)

    return run
