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
    """Install the wheels, without extras, as someone would who has nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    venv = folder / "venv"
    uv = str(ROOT / ".venvs" / "tox" / "bin" / "uv")  # scripts/build has seen to that
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(venv)], check=True, timeout=120)
    wheels = [str(path) for path in sorted(dist.glob("*.whl"))]
    install = [uv, "pip", "install", "--quiet", "--python", str(venv / "bin" / "python")]
    subprocess.run([*install, "--constraint", str(ROOT / "constraints.txt"), *wheels], check=True, timeout=300)
    work = folder / "work"
    work.mkdir()
    return Installation(venv, work)
