"""Both packages, built once, and installed once from their wheels into an environment of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Installation:
    """A virtual environment that holds the wheels, and a folder outside the checkout to work in."""

    venv: Path
    folder: Path

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment to its end, with nothing of the caller's settings."""
        return subprocess.run(
            [str(self.venv / "bin" / program), *arguments],
            cwd=self.folder,
            env=self.build_environment(),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def build_environment(self) -> dict[str, str]:
        ours = ("REGRESSION_MODEL_", "ML_API_", "PYTHON", "VIRTUAL_ENV", "UV_", "PIP_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return kept | {"HOME": str(self.folder), "XDG_CACHE_HOME": str(self.folder / "cache")}


@pytest.fixture(scope="session")
def dist(tmp_path_factory) -> Path:
    """Folder with what ``scripts/build`` makes."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([str(ROOT / "scripts" / "build"), "--output", str(folder)], check=True, timeout=300)
    return folder


@pytest.fixture(scope="session")
def installation(dist, tmp_path_factory) -> Installation:
    """Install the wheels as CI does before any of them is published: libraries from the lock, the model by its hash.

    The wheel of the API is installed last, with a look at what it depends on: its pin is satisfied by the model's
    wheel, its ranges by the versions of the lock, and nothing else can be had.
    """
    folder = tmp_path_factory.mktemp("installed")
    venv = folder / "venv"
    uv = str(ROOT / ".venvs" / "tox" / "bin" / "uv")  # scripts/build has seen to that
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(venv)], check=True, timeout=120)
    lock = [str(ROOT / "scripts" / "install-locked"), "ml-api"]
    subprocess.run(lock, env=os.environ | {"VIRTUAL_ENV": str(venv)}, check=True, timeout=300)
    install = [uv, "pip", "install", "--quiet", "--python", str(venv / "bin" / "python"), "--no-index"]
    pin = dist / "regression-model.constraints.txt"
    by_hash = ["--no-deps", "--require-hashes", "--find-links", str(dist), "--requirement", str(pin)]
    subprocess.run([*install, *by_hash], check=True, timeout=120)
    (api,) = dist.glob("ml_api-*.whl")
    subprocess.run([*install, str(api)], check=True, timeout=120)
    work = folder / "work"
    work.mkdir()
    return Installation(venv, work)
