"""scripts/publish, as the tests run it."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

from .conftest import ROOT, TOKEN, build_environment

PUBLISH_TIMEOUT_S = 240
VERSION = (ROOT / "packages" / "regression_model" / "regression_model" / "VERSION").read_text().strip()
SDIST, WHEEL = f"regression_model-{VERSION}.tar.gz", f"regression_model-{VERSION}-py3-none-any.whl"
API_SDIST, API_WHEEL = f"ml_api-{VERSION}.tar.gz", f"ml_api-{VERSION}-py3-none-any.whl"
MODEL_PACKAGE = Path("packages") / "regression_model" / "regression_model"
PASSPHRASE = "a-passphrase-that-no-log-may-show"


def start_publish(checkout: Path, index, *options: str, cwd: Path | None = None, **variables: str):
    environment = build_environment(PACKAGE_INDEX_URL=index.url, PACKAGE_INDEX_TOKEN=TOKEN, **variables)
    return subprocess.Popen(
        [str(checkout / "scripts" / "publish"), *options],
        cwd=cwd,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def publish(checkout: Path, index, *options: str, **variables) -> tuple[int, str]:
    process = start_publish(checkout, index, *options, **variables)
    try:
        output, _ = process.communicate(timeout=PUBLISH_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    assert TOKEN not in output
    return process.returncode, output


def read_folder(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}
