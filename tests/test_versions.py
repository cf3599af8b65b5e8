"""What is written down twice agrees: versions, pins, and what is published beside the code."""

from __future__ import annotations

import re
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


def test_both_packages_have_the_same_version():
    assert read_version("regression_model") == read_version("ml_api")


def test_the_newest_release_in_the_changelog_is_the_version_that_is_here():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "\n## [Unreleased]\n" in changelog
    released = re.findall(r"^## \[(\d.*?)\](.*)$", changelog, re.MULTILINE)
    # Before the first release, there is none.
    assert [version for version, _ in released[:1]] in ([], [read_version("regression_model")])
    assert all(re.fullmatch(r" - \d{4}-\d\d-\d\d", date) for _, date in released)
    numbers = [tuple(map(int, version.split("."))) for version, _ in released]
    assert numbers == sorted(set(numbers), reverse=True)


@pytest.mark.parametrize("module", PACKAGES.values())
def test_what_builds_a_package_is_pinned(module):
    text = (ROOT / "packages" / module / "pyproject.toml").read_text(encoding="utf-8")
    requirements = tomllib.loads(text)["build-system"]["requires"]
    assert all("==" in requirement for requirement in requirements)


@pytest.mark.parametrize(
    "name",
    ["regression-model", "regression-model-all", "ml-api", "development", "development-all", "tools", "build"],
)
def test_every_supported_python_has_each_lock_and_all_of_them_the_same_versions(name):
    minors = re.findall(r"Python :: 3\.(\d+)\n", "\n".join([*read_project("ml_api")["classifiers"], ""]))
    assert minors
    widest: dict[str, str] = {}
    for minor in minors:
        widest |= read_lock(f"development-all-py3{minor}")
    for minor in minors:
        lock = read_lock(f"{name}-py3{minor}")
        assert lock
        assert lock.items() <= widest.items()


def test_heavy_extras_are_extras_and_only_the_wide_locks_hold_what_they_bring():
    root = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    heavy = root["tool"]["locks"]["heavy-extras"]
    extras = read_project("regression_model")["optional-dependencies"]
    assert set(heavy) < set(extras)
    assert "catboost" in read_lock("regression-model-all-py311")
    assert "catboost" not in read_lock("regression-model-py311") | read_lock("development-py311")


def read_lock(name: str) -> dict[str, str]:
    text = (ROOT / "locks" / f"{name}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))
