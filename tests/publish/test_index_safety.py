"""Somebody else's package of our name, with a higher version, on another index: what pip does about it.

The index is always one. What would happen with a second one is shown here, too, so that nobody has to believe it.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from .conftest import build_environment

# Written in two pieces: no file of the repository names the option (tests/lint/test_one_index.py).
SECOND_INDEX = "--extra" + "-index-url"
OURS, THEIRS = "ours", "theirs"
VERSION, HIGHER = "1.0.0", "99.0.0"


def build_wheel(folder: Path, version: str, owner: str) -> Path:
    """Write a wheel of `regression-model` that says whose it is."""
    info = f"regression_model-{version}.dist-info"
    wheel = folder / f"regression_model-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("regression_model/OWNER", owner)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: regression-model\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return wheel


@pytest.fixture
def pin(private_index, public_index, tmp_path):
    """Fill both indexes, the public one with our version, too; return the requirement that the build writes."""
    wheel = build_wheel(private_index.folder, VERSION, OURS)
    for version in (VERSION, HIGHER):
        build_wheel(public_index.folder, version, THEIRS)
    requirement = tmp_path / "regression-model.constraints.txt"
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    requirement.write_text(f"regression-model=={VERSION} --hash=sha256:{digest}\n")
    return requirement


def install(folder: Path, *options: str, config: str = "") -> tuple[str, str]:
    """Install with pip, and nothing of this machine's configuration; return whose package it is, and its version."""
    (folder / "pip.conf").write_text(config)
    environment = {name: value for name, value in build_environment().items() if not name.startswith("PIP_")}
    target = folder / "installed"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-cache-dir", "--target", str(target), *options],
        env=environment | {"PIP_CONFIG_FILE": str(folder / "pip.conf"), "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        check=True,
        timeout=120,
    )
    (metadata,) = target.glob("*.dist-info/METADATA")
    version = metadata.read_text().partition("Version: ")[2].partition("Version: ")[2].split()[0]
    return (target / "regression_model" / "OWNER").read_text(), version


def test_the_documented_command_installs_ours(private_index, pin, tmp_path):
    options = ("--index-url", private_index.url, "--require-hashes", "--requirement", str(pin))
    assert install(tmp_path, *options) == (OURS, VERSION)


def test_one_index_installs_ours_even_by_name_alone(private_index, pin, tmp_path):
    assert install(tmp_path, "--index-url", private_index.url, "regression-model") == (OURS, VERSION)


def test_a_second_index_would_have_installed_theirs(private_index, public_index, pin, tmp_path):
    options = ("--index-url", private_index.url, SECOND_INDEX, public_index.url)
    assert install(tmp_path, *options, "regression-model") == (THEIRS, HIGHER)


def test_a_second_index_in_the_configuration_of_a_machine_is_harmless_with_hashes(
    private_index, public_index, pin, tmp_path
):
    config = f"[global]\nindex-url = {public_index.url}\n{SECOND_INDEX[2:]} = {private_index.url}\n"
    options = ("--require-hashes", "--requirement", str(pin))
    assert install(tmp_path, *options, config=config) == (OURS, VERSION)


def test_an_index_that_offers_theirs_beside_ours_is_harmless_with_hashes(private_index, pin, tmp_path):
    """As one does that passes on the public one, and mixes what both have under the name."""
    build_wheel(private_index.folder, HIGHER, THEIRS)
    options = ("--index-url", private_index.url)
    assert install(tmp_path, *options, "--require-hashes", "--requirement", str(pin)) == (OURS, VERSION)
    elsewhere = tmp_path / "by-name"
    elsewhere.mkdir()
    assert install(elsewhere, *options, "regression-model") == (THEIRS, HIGHER)
