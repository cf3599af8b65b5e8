"""What is written down twice agrees: versions, pins, and what is published beside the code."""

from __future__ import annotations

import tomllib
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = {"regression-model": "regression_model", "ml-api": "ml_api"}


def read_version(module: str) -> str:
    return (ROOT / "packages" / module / module / "VERSION").read_text(encoding="utf-8").strip()


def read_project(module: str) -> dict:
    text = (ROOT / "packages" / module / "pyproject.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["project"]


def test_the_api_pins_the_version_of_the_model_package_exactly():
    pins = [pin for pin in read_project("ml_api")["dependencies"] if pin.startswith("regression-model")]
    assert pins == [f"regression-model=={read_version('regression_model')}"]


@pytest.mark.parametrize(("distribution", "module"), PACKAGES.items())
def test_the_installed_version_is_the_one_in_the_version_file(distribution, module):
    assert metadata.version(distribution) == read_version(module)


@pytest.mark.parametrize("module", PACKAGES.values())
def test_every_dependency_has_a_lower_and_an_upper_bound(module):
    project = read_project(module)
    extras = project.get("optional-dependencies", {})
    requirements = project["dependencies"] + [item for extra in extras.values() for item in extra]
    unbounded = [item for item in requirements if not ("==" in item or (">=" in item and "<" in item))]
    assert not unbounded


@pytest.mark.parametrize("module", PACKAGES.values())
def test_the_licence_inside_a_package_is_the_one_of_the_repository(module):
    assert (ROOT / "packages" / module / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


@pytest.mark.parametrize("module", PACKAGES.values())
def test_the_changelog_has_an_entry_for_the_version(module):
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{read_version(module)}]" in changelog or "## [Unreleased]" in changelog
