"""Linear models predict the same to 1e-9 on processors that BLAS and numpy treat otherwise."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "measure-differences"
LINEAR = ("elastic_net", "lasso", "logistic_regression", "ridge")


@pytest.fixture(scope="module")
def measured() -> list[dict]:
    """Every linear family on the embedded sample, on the newest and the oldest processor that this one can play."""
    options = [option for name in LINEAR for option in ("--family", name)]
    options += [option for name in ("AVX-512", "SSE") for option in ("--processor", name)]
    finished = subprocess.run(
        [sys.executable, str(SCRIPT), "--json", *options], capture_output=True, text=True, timeout=300, check=False
    )
    assert finished.returncode == 0, finished.stderr
    table = json.loads(finished.stdout)
    if {entry["run"] for entry in table} == {"pinned"}:
        pytest.skip("this is no x86 processor, whose instructions could be left out")
    return table


def test_linear_models_are_equal_to_1e_9(measured):
    assert {entry["kind"].split()[0] for entry in measured} == set(LINEAR)
    assert all(entry["linear"] for entry in measured)
    assert [entry for entry in measured if entry["largest"] > 1e-9] == []


def test_the_processors_do_differ(measured):
    """Or nothing was measured: some last bit moves on one of them, and none where nothing was changed."""
    assert {entry["largest"] for entry in measured if entry["run"] == "pinned"} == {0.0}
    assert any(entry["largest"] > 0 for entry in measured)
