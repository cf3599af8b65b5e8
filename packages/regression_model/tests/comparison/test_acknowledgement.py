from __future__ import annotations

import pytest

from regression_model.comparison import Acknowledgement, find_acknowledgement

CHANGELOG = """
# Changelog

## [Unreleased]

### Changed

- Predictions change: not released yet

## [2.0.0] - 2026-05-01

### Changed

- Predictions change: prices of 2026
- Predictions change: and a second reason

## [1.1.0] - 2026-02-01

Nothing about predictions. Predictions change: not at the beginning of a line.

## [1.0.0] - 2026-01-01

* Predictions change: first model
"""


@pytest.mark.parametrize(
    ("old", "new", "section", "reason"),
    [
        ("1.1.0", "2.0.0", "2.0.0", "prices of 2026"),
        ("1.0.0", "2.0.0", "2.0.0", "prices of 2026"),
        ("0.9.0", "1.0.0", "1.0.0", "first model"),
        # The next version has no number yet.
        ("2.0.0", "2.0.0", "Unreleased", "not released yet"),
        ("1.0.0", "1.0.0", "Unreleased", "not released yet"),
    ],
)
def test_the_line_counts_in_the_section_of_the_new_version(old, new, section, reason):
    assert find_acknowledgement(CHANGELOG, old=old, new=new) == Acknowledgement(section, reason)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1.0.0", "1.1.0"),  # what 1.0.0 said was about 1.0.0
        ("2.0.0", "2.1.0"),  # no such section, and "Unreleased" is not it
        ("2.0.0", "1.1.0"),  # back again
    ],
)
def test_another_versions_line_excuses_nothing(old, new):
    assert find_acknowledgement(CHANGELOG, old=old, new=new) is None


def test_a_version_in_between_that_was_never_published_counts():
    text = "## [3.0.0]\n## [2.0.0]\n- Predictions change: by 2.0.0\n## [1.0.0]\n- Predictions change: by 1.0.0\n"
    assert find_acknowledgement(text, old="1.0.0", new="3.0.0") == Acknowledgement("2.0.0", "by 2.0.0")


def test_without_the_old_section_only_the_new_one_counts():
    text = "## [3.0.0]\n## [2.0.0]\n- Predictions change: by 2.0.0\n"
    assert find_acknowledgement(text, old="1.0.0", new="3.0.0") is None


@pytest.mark.parametrize(
    "line",
    [
        "- Predictions change:",
        "- Predictions change:   ",
        "- predictions change: lower case",
        "- Predictions changed: another word",
        "<!-- - Predictions change: a comment -->",
        "<!--\n- Predictions change: a longer comment\n-->",
        "<!--\n- Predictions change: a comment without an end",
    ],
)
def test_what_is_not_the_line_is_no_excuse(line):
    assert find_acknowledgement(f"## [2.0.0]\n{line}\n", old="1.0.0", new="2.0.0") is None


@pytest.mark.parametrize("heading", ["## [2.0.0] - 2026-05-01", "## 2.0.0", "##  [2.0.0]"])
@pytest.mark.parametrize(
    "line", ["- Predictions change: why", "Predictions change: why  ", "  * Predictions change: why"]
)
def test_it_may_be_written_in_a_few_ways(heading, line):
    assert find_acknowledgement(f"{heading}\n{line}\n", old="1.0.0", new="2.0.0") == Acknowledgement("2.0.0", "why")


def test_an_empty_changelog_says_nothing():
    assert find_acknowledgement("", old="1.0.0", new="1.0.0") is None
