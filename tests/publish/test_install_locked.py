"""A library whose bytes are not those of the lock is not installed."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from .conftest import ROOT, build_environment

LOCK = f"locks/build-py3{min(sys.version_info[1], 13)}.txt"


def install_locked(folder, *words, **variables):
    return subprocess.run(
        [str(folder / "scripts" / "install-locked"), *words],
        env=build_environment(**variables),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.slow
def test_other_bytes_than_those_of_the_lock_are_refused(checkout, tmp_path):
    venv = str(tmp_path / "venv")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True, timeout=60)
    # What installs is made first, where it is not there: in the checkout of a whole run, this test is the first.
    lock = checkout / LOCK
    before = lock.read_text(encoding="utf-8")
    lock.write_text(forge(before), encoding="utf-8")
    try:
        refused = install_locked(checkout, "build", VIRTUAL_ENV=venv)
    finally:
        lock.write_text(before, encoding="utf-8")
    assert refused.returncode != 0
    assert "hash" in refused.stderr.lower()
    assert not list((tmp_path / "venv").rglob("hatchling"))

    accepted = install_locked(checkout, "build", VIRTUAL_ENV=venv)
    assert accepted.returncode == 0, accepted.stderr
    assert list((tmp_path / "venv").rglob("hatchling"))


def forge(text: str) -> str:
    """Change each hash in its first digit."""
    return re.sub(r"sha256:(.)", lambda found: "sha256:" + ("0" if found[1] != "0" else "1"), text)


@pytest.mark.parametrize(
    ("words", "variables", "message"),
    [
        ((), {"VIRTUAL_ENV": sys.prefix}, "needs the name of a lock"),
        (("build",), {}, "an active virtual environment"),
        (("nonsense",), {"VIRTUAL_ENV": sys.prefix}, "there is no locks/nonsense-py3"),
    ],
)
def test_without_lock_or_environment_nothing_is_installed(words, variables, message):
    refused = install_locked(ROOT, *words, **variables)
    assert refused.returncode == 2
    assert message in refused.stderr
