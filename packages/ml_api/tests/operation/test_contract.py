"""Schemathesis against the real server: whatever the document allows is tried, and whatever it forbids.

All checks: no 5xx, no status, header or type of answer that is not documented, answers that agree with their schemas,
no broken request that is taken, no good one that is refused, no route that answers without its key.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

CONTRACT = Path(__file__).parents[1] / "contract"
EXAMPLES_PER_OPERATION = 50


def _make_key(folder: Path) -> str:
    command = [sys.executable, "-c", "from ml_api.cli import main; main()", "keys", "create", "tester"]
    result = subprocess.run([*command, "--file", folder / "keys.json"], capture_output=True, text=True, check=True)
    return re.search(r"rm_\S+", result.stdout)[0]


def test_schemathesis_finds_nothing(serve, model_folder, tmp_path):
    key = _make_key(tmp_path)
    settings = {"ML_API_KEYS_FILE": str(tmp_path / "keys.json"), "ML_API_PREDICTION_LOG": str(tmp_path / "log")}
    with serve(**settings) as server:
        result = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "--config-file", CONTRACT / "schemathesis.toml", "run"),
                *(f"http://127.0.0.1:{server.port}/openapi.json", "--header", f"Authorization: Bearer {key}"),
                *("--checks", "all", "--max-examples", str(EXAMPLES_PER_OPERATION), "--warnings", "off", "--no-color"),
                # The same requests in each run: what it finds is found by the commit that brought it.
                "--generation-deterministic",
            ],
            cwd=tmp_path,
            env={**os.environ, "SCHEMATHESIS_HOOKS": str(CONTRACT / "hooks.py"), "MODEL_FOLDER": str(model_folder)},
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert result.returncode == 0, result.stdout[-8_000:] + result.stderr[-2_000:]
        tested = int(re.search(r"Tested: (\d+)", result.stdout)[1])
        assert tested == sum(
            len(operations) for operations in server.request("GET", "/openapi.json")[1]["paths"].values()
        )
        assert "Traceback" not in server.read_errors()
