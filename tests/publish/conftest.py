"""Package indexes that listen on loopback, and a checkout of its own to publish from."""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "a-token-that-no-log-may-show"
USERNAME = "__token__"
START_TIMEOUT_S = 30.0

SMALL_CONFIG = """\
# The published model of this test: of few columns, so that it is trained in a moment.
pipeline_name: house_prices
task: regression
seed: 0
data:
  name: house_prices
  sample: house_prices
target:
  column: SalePrice
  transform: log
features:
  number: [LotArea, GrLivArea]
  integer: [OverallQual]
  category: [Neighborhood]
preprocessing:
  - step: rare_labels
    columns: [Neighborhood]
  - step: ordered_encoding
    columns: [Neighborhood]
model:
  family: ridge
  alpha: 1.0
"""


@dataclass(frozen=True)
class LocalIndex:
    """A running pypiserver; `folder` holds the files that it offers."""

    url: str
    folder: Path


@contextlib.contextmanager
def serve_index(folder: Path, *, authenticate: str = "update"):
    """Run pypiserver on a free port until the block ends; `authenticate` says what asks for the token."""
    (folder / "files").mkdir(parents=True)
    digest = base64.b64encode(hashlib.sha1(TOKEN.encode(), usedforsecurity=False).digest()).decode()
    (folder / "htpasswd").write_text(f"{USERNAME}:{{SHA}}{digest}\n")  # as `htpasswd -s` writes it
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--interface", "127.0.0.1", "--port", str(port), "--disable-fallback", "--authenticate", authenticate]
    command = [sys.executable, "-m", "pypiserver", "run", *options, "--passwords", str(folder / "htpasswd")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([*command, str(folder / "files")], stdout=log, stderr=log)
    try:
        deadline_s = time.monotonic() + START_TIMEOUT_S
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            assert server.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline_s, "pypiserver does not listen"
            time.sleep(0.05)
        yield LocalIndex(f"http://127.0.0.1:{port}/simple/", folder / "files")
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture
def private_index(tmp_path):
    with serve_index(tmp_path / "private") as index:
        yield index


@pytest.fixture
def public_index(tmp_path):
    with serve_index(tmp_path / "public") as index:
        yield index


def build_environment(**variables: str) -> dict[str, str]:
    """The caller's variables without those of ours, of its environment, and of any other index."""
    ours = ("REGRESSION_MODEL_", "ML_API_", "PACKAGE_", "TWINE_", "PYTHON", "VIRTUAL_ENV", "TOX_", "UV_", "GIT_")
    kept = ("UV_CACHE_DIR", "UV_DEFAULT_INDEX")
    return {name: value for name, value in os.environ.items() if name in kept or not name.startswith(ours)} | variables


def run_git(folder: Path, *words: str) -> str:
    author = ["-c", "user.name=A Tester", "-c", "user.email=tester@localhost"]
    return subprocess.run(
        ["git", *author, *words], cwd=folder, check=True, capture_output=True, text=True, env=build_environment()
    ).stdout


def copy_checkout(target: Path) -> None:
    """Copy what a commit of everything would hold."""
    names = run_git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    for name in {name for name in names if name and (ROOT / name).is_file()}:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name)


@pytest.fixture(scope="session")
def checkout(tmp_path_factory) -> Path:
    """A clean repository of its own at the first commit, whose published model is a small one."""
    folder = tmp_path_factory.mktemp("publish") / "checkout"
    copy_checkout(folder)
    package = folder / "packages" / "regression_model" / "regression_model"
    (package / "config.yml").write_text(SMALL_CONFIG, encoding="utf-8")
    run_git(folder, "init", "--quiet", "--initial-branch", "master")
    run_git(folder, "add", "--all")
    run_git(folder, "commit", "--quiet", "--message", "All of it")
    return folder


@pytest.fixture(scope="session")
def table(tmp_path_factory) -> Path:
    """A table of houses in a file: a few hundred rows of the embedded sample."""
    (sample,) = (ROOT / "packages" / "regression_model" / "regression_model").rglob("*.csv.gz")
    file = tmp_path_factory.mktemp("table") / "houses.csv"
    file.write_text("".join(gzip.decompress(sample.read_bytes()).decode().splitlines(keepends=True)[:401]))
    return file
