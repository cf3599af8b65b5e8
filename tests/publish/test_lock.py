"""A change of dependencies makes the locks stale, and scripts/lock says which and how."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT, build_environment, run_git


@pytest.mark.slow
def test_a_dependency_that_is_not_locked_and_a_forged_hash_are_found_and_no_file_is_changed(checkout):
    project = checkout / "packages" / "ml_api" / "pyproject.toml"
    before = project.read_text(encoding="utf-8")
    lock = checkout / "locks" / "build-py312.txt"
    locked = lock.read_text(encoding="utf-8")
    lock.write_text(locked.replace(re.search(r"sha256:(\w+)", locked)[1], "0" * 64), encoding="utf-8")
    # Something that the tools have: the lock of development stays as it is, that of serving does not.
    project.write_text(before.replace("dependencies = [\n", 'dependencies = [\n    "pluggy>=1,<2",\n', 1))
    try:
        finished = subprocess.run(
            [str(checkout / "scripts" / "lock"), "--check"],
            env=build_environment(),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        changed = run_git(checkout, "status", "--porcelain").split()
    finally:
        project.write_text(before, encoding="utf-8")
        lock.write_text(locked, encoding="utf-8")
    assert finished.returncode == 1
    assert "4 of the locks are not what pyproject.toml files ask for: run scripts/lock" in finished.stderr
    assert "locks/ml-api-py311.txt" in finished.stdout
    assert "+pluggy==" in finished.stdout
    assert "locks/build-py312.txt\n  !hatchling==" in finished.stdout
    assert changed == ["M", "locks/build-py312.txt", "M", "packages/ml_api/pyproject.toml"]


def test_the_callers_settings_of_uv_and_pip_have_no_say(checkout, tmp_path):
    """But for the one index, the cache and the like: the real uv is asked, by a stand-in that notes what it gets."""
    uv = checkout / ".venvs" / "tox" / "bin" / "uv"
    if not uv.exists():
        subprocess.run([str(checkout / "scripts" / "bootstrap")], env=build_environment(), check=True, timeout=120)
    noting = tmp_path / "uv"
    noting.write_text(f'#!/bin/sh\n{{ echo "$@"; env; }} > {tmp_path}/seen\nexec {uv} "$@"\n')
    noting.chmod(0o755)
    program = (
        "import runpy, sys; from pathlib import Path\n"
        "lock = runpy.run_path(sys.argv[1]); lock['compile_requirements'].__globals__['UV'] = Path(sys.argv[2])\n"
        "lock['compile_requirements']([], Path(sys.argv[3]))\n"
    )
    second = {"UV_EXTRA" + "_INDEX_URL": "https://host.invalid/", "PIP_NO_DEPS": "1", "UV_PRERELEASE": "allow"}
    kept = {"UV_DEFAULT_INDEX": "https://index.invalid/simple/", "UV_CACHE_DIR": os.environ.get("UV_CACHE_DIR", "")}
    kept = {name: value for name, value in kept.items() if value}
    words = [str(checkout / "scripts" / "lock"), str(noting), str(tmp_path / "out.txt")]
    subprocess.run([sys.executable, "-c", program, *words], env=build_environment(**second, **kept), check=True)
    seen = (tmp_path / "seen").read_text().splitlines()
    variables = dict(line.split("=", 1) for line in seen[1:] if line.startswith(("UV_", "PIP_")))
    assert variables == {"UV_PYTHON_DOWNLOADS": "never", **kept}
    assert "--no-config" in seen[0].split()


@pytest.mark.parametrize("lock", sorted((ROOT / "locks").glob("*.txt")), ids=lambda path: path.stem)
def test_only_the_last_lock_is_said_to_hold_for_newer_pythons(lock: Path):
    first = lock.read_text(encoding="utf-8").splitlines()[0]
    assert (" and newer" in first) == lock.stem.endswith("-py313")
