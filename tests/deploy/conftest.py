"""Two versions of a small model, each in an environment such as a release has, and folders to deploy them to."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "deploy"))

from deployment.local_index import find_free_port
from deployment.packages import Packages
from deployment.releases import FACTS
from deployment.server import stop_server
from deployment.target import Target

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "packages" / "ml_api" / "tests" / "configs" / "prices.yml"
SITE = f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"


@dataclass(frozen=True)
class Version:
    """An environment that holds a version of regression_model with its model, and the packages that it stands for."""

    venv: Path
    packages: Packages

    @property
    def name(self) -> str:
        return self.packages.api_version

    @property
    def model(self) -> Path:
        return self.venv / SITE / "regression_model" / "trained_models"

    def place(self, target: Target) -> Path:
        """Put it where an installation from an index would have."""
        folder = target.release_folder(self.name)
        shutil.copytree(self.venv, folder / "venv", symlinks=True)
        for starter in (ROOT / "deploy" / "release").glob("*.py"):
            shutil.copyfile(starter, folder / starter.name)
        facts = {"api_version": self.name, "model_version": self.packages.model_version}
        (folder / FACTS).write_text(json.dumps(facts | {"digest": self.packages.compute_digest()}))
        return folder


def make_version(folder: Path, version: str) -> Version:
    """Copy the model package, raise its version, and train its model with it; everything else is shared."""
    venv = folder / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    package = venv / SITE / "regression_model"
    ignored = shutil.ignore_patterns("__pycache__", "*_output_v*")
    shutil.copytree(ROOT / "packages" / "regression_model" / "regression_model", package, ignore=ignored)
    (package / "VERSION").write_text(f"{version}\n")
    shared = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), str(ROOT / "packages" / "ml_api")]
    (venv / SITE / "shared.pth").write_text("".join(f"{path}\n" for path in shared))
    command = [str(venv / "bin" / "python"), "-P", "-m", "regression_model", "train"]
    options = ["--config", str(CONFIG), "--sample", "--output", str(package / "trained_models")]
    finished = subprocess.run([*command, *options], cwd=folder, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    wheels = {}
    for module in ("regression_model", "ml_api"):
        wheels[module] = folder / f"{module}-{version}-py3-none-any.whl"
        wheels[module].write_text(f"stands for {module} {version}")
    lock = folder / "lock.txt"
    lock.write_text("")
    return Version(venv, Packages(version, version, wheels["regression_model"], wheels["ml_api"], lock))


@pytest.fixture(scope="session")
def version_1(tmp_path_factory) -> Version:
    return make_version(tmp_path_factory.mktemp("version_1"), "7.1.0")


@pytest.fixture(scope="session")
def version_2(tmp_path_factory) -> Version:
    return make_version(tmp_path_factory.mktemp("version_2"), "7.2.0")


@pytest.fixture
def port() -> int:
    return find_free_port()


@pytest.fixture
def target(tmp_path, port):
    """A folder to deploy to, with settings for this machine only; its server is stopped in the end."""
    folder = Target(tmp_path / "host")
    folder.make_folders()
    settings = {"ENV": "development", "PORT": port, "WORKERS": 2, "RATE_LIMIT": "off"}
    folder.settings_file.write_text("".join(f"ML_API_{name}={value}\n" for name, value in settings.items()))
    yield folder
    stop_server(folder)
