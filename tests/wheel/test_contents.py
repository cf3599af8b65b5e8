"""What is in the built distributions: all that the packages read at run time, and nothing of the workshop."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VERSIONS = {
    module: (ROOT / "packages" / module / module / "VERSION").read_text(encoding="utf-8").strip()
    for module in ("regression_model", "ml_api")
}
EXPECTED = {
    "regression_model": ["VERSION", "py.typed", "config.yml", "trained_models/README.md"],
    "ml_api": ["VERSION", "py.typed", "gunicorn_conf.py"],
}


def list_wheel(dist: Path, module: str) -> set[str]:
    with zipfile.ZipFile(dist / f"{module}-{VERSIONS[module]}-py3-none-any.whl") as wheel:
        return set(wheel.namelist())


def list_sources(module: str) -> set[str]:
    """Every file of the package in the checkout, as the wheel should name it; locks and parts of files are hidden."""
    package = ROOT / "packages" / module / module
    return {
        path.relative_to(package.parent).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }


@pytest.mark.parametrize("module", VERSIONS)
def test_a_wheel_holds_the_whole_package_and_its_metadata_only(dist, module):
    names = list_wheel(dist, module)
    assert {f"{module}/{name}" for name in EXPECTED[module]} <= names
    assert {name for name in names if not name.startswith(f"{module}-{VERSIONS[module]}.dist-info/")} == (
        list_sources(module)
    )


def test_the_wheel_of_the_model_holds_the_configs_and_the_embedded_sample(dist):
    names = list_wheel(dist, "regression_model")
    for config in ("california_housing.yml", "bank_marketing.yml", "stairs_accelerometer.yml"):
        assert f"regression_model/configs/{config}" in names
    assert any(name.startswith("regression_model/") and name.endswith(".csv.gz") for name in names)


@pytest.mark.parametrize("module", VERSIONS)
def test_no_distribution_holds_tests(dist, module):
    with tarfile.open(dist / f"{module}-{VERSIONS[module]}.tar.gz") as archive:
        names = set(archive.getnames())
    assert f"{module}-{VERSIONS[module]}/{module}/VERSION" in names
    names |= list_wheel(dist, module)
    assert not [name for name in names if "tests" in name.split("/") or "__pycache__" in name]


@pytest.mark.parametrize("module", VERSIONS)
def test_the_metadata_names_licence_python_and_command(dist, module):
    version = VERSIONS[module]
    with zipfile.ZipFile(dist / f"{module}-{version}-py3-none-any.whl") as wheel:
        metadata = wheel.read(f"{module}-{version}.dist-info/METADATA").decode()
        commands = wheel.read(f"{module}-{version}.dist-info/entry_points.txt").decode()
        assert f"{module}-{version}.dist-info/licenses/LICENSE" in wheel.namelist()
    assert f"Version: {version}\n" in metadata
    assert "Requires-Python: >=3.11\n" in metadata
    assert f"{module.replace('_', '-')} = {module}.cli:main" in commands


def test_the_wheel_of_the_api_requires_exactly_this_model(dist):
    with zipfile.ZipFile(dist / f"ml_api-{VERSIONS['ml_api']}-py3-none-any.whl") as wheel:
        metadata = wheel.read(f"ml_api-{VERSIONS['ml_api']}.dist-info/METADATA").decode()
    assert f"Requires-Dist: regression-model=={VERSIONS['regression_model']}\n" in metadata
