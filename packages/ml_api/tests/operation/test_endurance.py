"""The load test of `benchmarks/endurance.py`, short: what it looks for is found here, too, if it is bad enough."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[4] / "benchmarks" / "endurance.py"
SHORT = ("--seconds", "5", "--kill-every", "2", "--predictions", "1500", "--errors", "150")
# After so few requests a process is still settling; what leaks 5 kB per request is seen.
MAX_GROWTH = ("--max-growth", "20")


@pytest.mark.slow  # forty seconds: two servers, two kills, and 2,000 requests to see any leak at all
@pytest.mark.skipif(
    not Path("/proc/self/smaps_rollup").exists(), reason="this system does not show what memory is whose"
)
def test_a_server_endures_load_kills_and_errors(model_folder, make_environ, tmp_path):
    result = subprocess.run(
        [sys.executable, SCRIPT, "--artifact", model_folder, *SHORT, *MAX_GROWTH],
        cwd=tmp_path,
        env=make_environ(tmp_path),
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "8 connections, 2 workers killed" in result.stdout
    assert int(re.search(r"(\d+) right answers, 0 wrong ones", result.stdout)[1]) > 20
    assert "0 failures elsewhere, 0 after one retry" in result.stdout
    assert "1500 predictions, 150 errors, 2 workers" in result.stdout
