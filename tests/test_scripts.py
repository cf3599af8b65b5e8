"""Every script explains itself, runs from any folder, and CI calls nothing but scripts."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = sorted(path for path in (ROOT / "scripts").iterdir() if path.is_file() and path.suffix != ".pyc")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_executable_and_explains_itself_from_any_folder(script, tmp_path):
    assert os.access(script, os.X_OK), f"chmod +x scripts/{script.name}"
    finished = subprocess.run(
        [str(script), "--help"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert finished.returncode == 0, finished.stderr
    assert "usage:" in finished.stdout.lower()
    assert f"{script.name}" in finished.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_bash_script_stops_at_the_first_error(script):
    lines = script.read_text(encoding="utf-8").splitlines()
    if "bash" in lines[0]:
        assert "set -euo pipefail" in lines
    else:
        assert lines[0] == "#!/usr/bin/env python3"


def test_every_step_of_circleci_calls_a_script():
    config = (ROOT / ".circleci" / "config.yml").read_text(encoding="utf-8")
    commands = re.findall(r"^\s+command: (.+)$", config, re.MULTILINE)
    assert len(commands) == config.count("- run:") > 0
    names = {script.name for script in SCRIPTS}
    assert all(
        command.startswith("scripts/") and command.split()[0].removeprefix("scripts/") in names for command in commands
    )
