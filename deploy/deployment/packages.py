"""What a deployment installs: the lock of the API, and the two packages of this commit by their hashes."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from deployment.errors import DeploymentError

MODEL = "regression_model"
API = "ml_api"
PYTHON_MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True)
class Packages:
    """The two wheels of one commit, and the lock of everything else.

    Parameters
    ----------
    model_version, api_version : str
        What the VERSION files of the commit say.
    model_wheel, api_wheel : Path
        As they were built, and published, from the commit.
    lock : Path
        Requirements with hashes, for the Python that runs this.
    """

    model_version: str
    api_version: str
    model_wheel: Path
    api_wheel: Path
    lock: Path

    def pin_model(self) -> str:
        """Return the line of a requirements file that takes the model from an index, in these bytes only."""
        return f"regression-model=={self.model_version} --hash=sha256:{hash_file(self.model_wheel)}"

    def pin_api(self) -> str:
        """Return the line of a requirements file that takes the API from a folder or an index."""
        return f"ml-api=={self.api_version} --hash=sha256:{hash_file(self.api_wheel)}"

    def compute_digest(self) -> str:
        """SHA-256 over all that is installed: two deployments with the same one are the same."""
        text = f"{self.lock.read_text(encoding='utf-8')}\n{self.pin_model()}\n{self.pin_api()}\n{PYTHON_MINOR}\n"
        return hashlib.sha256(text.encode()).hexdigest()


def find_packages(root: Path, dist: Path) -> Packages:
    """Find the wheels of a checkout's versions in the folder that they were built into, and the lock.

    Raises
    ------
    DeploymentError
        If one of them is not there.
    """
    versions = {module: read_version(root, module) for module in (MODEL, API)}
    wheels = {module: find_wheel(dist, module, version) for module, version in versions.items()}
    lock = root / "locks" / f"ml-api-py{PYTHON_MINOR.replace('.', '')}.txt"
    if not lock.is_file():
        raise DeploymentError(f"there is no {lock.relative_to(root)}; run scripts/lock, or deploy with another Python")
    return Packages(versions[MODEL], versions[API], wheels[MODEL], wheels[API], lock)


def read_version(root: Path, module: str) -> str:
    """Return what the VERSION file of one of the two packages says."""
    return (root / "packages" / module / module / "VERSION").read_text(encoding="utf-8").strip()


def find_wheel(dist: Path, module: str, version: str) -> Path:
    """Return the wheel of a package in a folder; raise `DeploymentError` if it is not there."""
    wheel = dist / f"{module}-{version}-py3-none-any.whl"
    if not wheel.is_file():
        found = ", ".join(sorted(path.name for path in dist.glob("*.whl"))) or "no wheel"
        raise DeploymentError(f"expected {wheel.name} in {dist}, found {found}; scripts/publish leaves it there")
    return wheel


def hash_file(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def build_index_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables with which pip and uv install from the one index, and from nowhere else.

    Parameters
    ----------
    environ : mapping
        `PACKAGE_INDEX_URL` is the index. Where it asks who reads, `PACKAGE_INDEX_TOKEN` is the password and
        `PACKAGE_INDEX_USERNAME` the name, by default ``__token__``; they are handed on in the environment, never on a
        command line. All other settings of pip and uv are left out, but for where their cache is and whom they trust.

    Raises
    ------
    DeploymentError
        If no index is named, or its URL has the password in it.
    """
    url = environ.get("PACKAGE_INDEX_URL", "")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise DeploymentError("PACKAGE_INDEX_URL has to be the URL of the package index, such as https://host/simple/")
    if "@" in parts.netloc:
        raise DeploymentError("PACKAGE_INDEX_URL holds a password; set PACKAGE_INDEX_USERNAME and _TOKEN instead")
    token = environ.get("PACKAGE_INDEX_TOKEN")
    if token:
        name = environ.get("PACKAGE_INDEX_USERNAME", "__token__")
        url = urlunsplit(parts._replace(netloc=f"{quote(name, safe='')}:{quote(token, safe='')}@{parts.netloc}"))
    kept = {"UV_CACHE_DIR", "PIP_CACHE_DIR", "PIP_CERT"}
    ours = ("PIP_", "UV_", "PYTHON", "VIRTUAL_ENV", "ML_API_", "REGRESSION_MODEL_", "PACKAGE_", "SMOKE_TEST_")
    clean = {name: value for name, value in environ.items() if name in kept or not name.startswith(ours)}
    uv = {"UV_DEFAULT_INDEX": url, "UV_NO_CONFIG": "1", "UV_PYTHON_DOWNLOADS": "never"}
    pip = {"PIP_INDEX_URL": url, "PIP_CONFIG_FILE": "/dev/null", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return clean | uv | pip


def hide_token(text: str, environment: Mapping[str, str]) -> str:
    """Return what a program has printed, without the token that `build_index_environment` gave it."""
    token = urlsplit(environment["UV_DEFAULT_INDEX"]).password or ""
    return text.replace(token, "****") if token else text
