"""scripts/release on a repository of its own: versions, pin and changelog move together, or not at all."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import UTC, datetime

import pytest

from .conftest import ROOT, build_environment, run_git

CHANGELOG = """\
# Changelog

## [Unreleased]

### Added

- A feature.

## [1.2.3] - 2026-01-31

### Added

- An older one.
"""
PROJECT = '[project]\nname = "ml-api"\ndependencies = [\n    "flask>=3.1,<4",\n    "regression-model==1.2.3",\n]\n'
VERSION_FILES = [f"packages/{module}/{module}/VERSION" for module in ("regression_model", "ml_api")]


@pytest.fixture
def repository(tmp_path):
    """A clean repository with all that a release changes, at version 1.2.3."""
    files = dict.fromkeys(VERSION_FILES, "1.2.3\n")
    for name, text in (files | {"CHANGELOG.md": CHANGELOG, "packages/ml_api/pyproject.toml": PROJECT}).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "scripts").mkdir()
    shutil.copy2(ROOT / "scripts" / "release", tmp_path / "scripts" / "release")
    run_git(tmp_path, "init", "--quiet")
    commit_all(tmp_path)
    return tmp_path


def commit_all(repository):
    run_git(repository, "add", "--all")
    run_git(repository, "commit", "--quiet", "--message", "Something")


def release(repository, *options):
    identity = {f"GIT_{who}_{what}": "tester" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return subprocess.run(
        [str(repository / "scripts" / "release"), *options],
        cwd=repository.parent,
        env=build_environment(**identity),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def change(repository, name, text):
    (repository / name).write_text(text)
    commit_all(repository)


@pytest.mark.parametrize(("part", "expected"), [("patch", "1.2.4"), ("minor", "1.3.0"), ("major", "2.0.0")])
def test_versions_pin_and_changelog_are_raised_together(repository, part, expected):
    finished = release(repository, part)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout == f"{expected}\n"
    assert [(repository / name).read_text() for name in VERSION_FILES] == [f"{expected}\n"] * 2
    project = (repository / "packages" / "ml_api" / "pyproject.toml").read_text()
    assert project == PROJECT.replace("1.2.3", expected)
    today = datetime.now(UTC).date()
    section = f"## [Unreleased]\n\n## [{expected}] - {today}\n\n### Added\n\n- A feature.\n\n## [1.2.3]"
    assert section in (repository / "CHANGELOG.md").read_text()
    assert f"git tag --annotate --message 'Version {expected}' v{expected}" in finished.stderr


def test_a_dry_run_changes_nothing(repository):
    finished = release(repository, "minor", "--dry-run", "--commit")
    assert (finished.returncode, finished.stdout) == (0, "1.3.0\n")
    assert "would change CHANGELOG.md" in finished.stderr
    assert run_git(repository, "status", "--porcelain") == ""
    assert run_git(repository, "tag") == ""


def test_it_commits_and_tags_when_told_to_and_leaves_the_tree_clean(repository):
    assert release(repository, "minor", "--commit").returncode == 0
    assert run_git(repository, "status", "--porcelain") == ""
    assert run_git(repository, "log", "-1", "--format=%s%d").strip().endswith("tag: v1.3.0)")
    changed = run_git(repository, "show", "--name-only", "--format=", "HEAD").split()
    assert sorted(changed) == sorted([*VERSION_FILES, "CHANGELOG.md", "packages/ml_api/pyproject.toml"])
    # And nothing is left to release.
    finished = release(repository, "patch")
    assert finished.returncode == 1
    assert "nothing stands under Unreleased" in finished.stderr


def break_hook(repository):
    hook = repository / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho spelling >&2\nexit 1\n")
    hook.chmod(0o755)
    return hook.unlink


def break_tag(repository):
    run_git(repository, "config", "tag.gpgSign", "true")
    run_git(repository, "config", "gpg.program", "false")
    return lambda: run_git(repository, "config", "tag.gpgSign", "false")


@pytest.mark.parametrize(("break_", "left"), [(break_hook, ["commit", "tag"]), (break_tag, ["tag"])])
def test_a_commit_that_fails_says_which_commands_remain_and_they_end_it(repository, break_, left):
    mend = break_(repository)
    finished = release(repository, "patch", "--commit")
    assert finished.returncode == 1
    assert finished.stdout == ""
    assert "these commands remain" in finished.stderr
    assert f"scripts/release: git {left[0]} failed" in finished.stderr
    mend()
    assert run_printed(repository, finished.stderr) == left
    assert run_git(repository, "status", "--porcelain") == ""
    assert run_git(repository, "describe").strip() == "v1.2.4"


def run_printed(repository, text):
    """Run the git commands in a text; return which they are."""
    commands = [line for line in text.splitlines() if line.startswith("git ")]
    for line in commands:
        identified = line.replace("git ", "git -c user.name=t -c user.email=t@localhost ", 1)
        subprocess.run(identified, shell=True, cwd=repository, check=True)
    return [line.split()[1] for line in commands]


def test_the_printed_commands_do_what_commit_does(repository):
    finished = release(repository, "patch")
    assert run_printed(repository, finished.stderr) == ["commit", "tag"]
    assert run_git(repository, "status", "--porcelain") == ""
    assert run_git(repository, "describe").strip() == "v1.2.4"


def test_a_tree_with_changes_is_refused(repository):
    (repository / "notes.txt").write_text("of mine")
    finished = release(repository, "patch")
    assert finished.returncode == 1
    assert "changes that are not committed" in finished.stderr
    assert "notes.txt" in finished.stderr


def test_headings_without_an_entry_are_nothing_to_release(repository):
    change(repository, "CHANGELOG.md", CHANGELOG.replace("- A feature.\n", ""))
    finished = release(repository, "patch")
    assert finished.returncode == 1
    assert "nothing stands under Unreleased" in finished.stderr
    assert run_git(repository, "status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (VERSION_FILES[1], "1.2.2\n", "expected one MAJOR.MINOR.PATCH in both VERSION files"),
        ("packages/ml_api/pyproject.toml", PROJECT.replace("==1.2.3", "==1.2.2"), "regression-model==1.2.3"),
        ("CHANGELOG.md", CHANGELOG.replace("[1.2.3]", "[1.4.0]"), "found 1.4.0"),
        ("CHANGELOG.md", CHANGELOG.replace("## [Unreleased]\n", ""), "there is no line"),
    ],
    ids=["versions", "pin", "changelog", "no section"],
)
def test_what_disagrees_already_is_not_released(repository, name, text, message):
    change(repository, name, text)
    finished = release(repository, "patch")
    assert finished.returncode == 1
    assert message in finished.stderr
    assert run_git(repository, "status", "--porcelain") == ""


def test_a_tag_that_is_there_already_is_not_made_again(repository):
    run_git(repository, "tag", "v1.2.4")
    finished = release(repository, "patch")
    assert finished.returncode == 1
    assert "there is a tag v1.2.4 already" in finished.stderr


def test_the_first_release_dates_the_version_that_is_there(repository):
    change(repository, "CHANGELOG.md", CHANGELOG.partition("## [1.2.3]")[0])
    finished = release(repository, "first", "--commit")
    assert finished.returncode == 0, finished.stderr
    assert re.search(r"^## \[1\.2\.3\] - \d{4}-\d\d-\d\d$", (repository / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert run_git(repository, "tag").strip() == "v1.2.3"
    # There is one first release only.
    change(repository, "CHANGELOG.md", (repository / "CHANGELOG.md").read_text().replace("d]\n", "d]\n\n- More.\n", 1))
    assert "1.2.3 is released already" in release(repository, "first").stderr
