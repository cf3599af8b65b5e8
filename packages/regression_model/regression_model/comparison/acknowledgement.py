"""Finds the line of a changelog that says that predictions change, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass

UNRELEASED = "Unreleased"

_HEADING = re.compile(r"^##\s+\[?([^\]\s]+)\]?")
_LINE = re.compile(r"^\s*(?:[-*]\s+)?Predictions change:\s*(\S.*?)\s*$")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


@dataclass(frozen=True)
class Acknowledgement:
    """Where a changelog says that predictions change.

    Attributes
    ----------
    section : str
        The version, or ``Unreleased``.
    reason : str
    """

    section: str
    reason: str


def find_acknowledgement(changelog: str, *, old: str, new: str) -> Acknowledgement | None:
    r"""Find the line ``Predictions change: <reason>`` of a version.

    It counts in the sections of the versions after the old one, up to the new one. While both versions are the same,
    the next one has no number yet, and the line counts under ``Unreleased``: what was said of the old version itself
    does not excuse what came after it.

    Parameters
    ----------
    changelog : str
        In the format of Keep a Changelog: a section ``## [1.2.0] - 2026-01-31`` for each version, the newest first.
    old, new : str
        The versions that were compared.

    Returns
    -------
    Acknowledgement or None
        The first that is found.

    Examples
    --------
    >>> text = "## [0.2.0]\n- Predictions change: new data\n## [0.1.0]\n- Predictions change: other model\n"
    >>> find_acknowledgement(text, old="0.1.0", new="0.2.0").reason
    'new data'
    >>> find_acknowledgement(text, old="0.2.0", new="0.2.0")
    """
    sections = _read_sections(changelog)
    names = [name for name, _ in sections]
    wanted = UNRELEASED if old == new else new
    if wanted not in names:
        return None
    first = names.index(wanted)
    # Without a section of the old version nobody knows where its successors end: then the new one's alone counts.
    last = names.index(old) if wanted != UNRELEASED and old in names[first:] else first + 1
    return next((Acknowledgement(name, reason) for name, reason in sections[first:last] if reason), None)


def _read_sections(changelog: str) -> list[tuple[str, str]]:
    """Return the name of each section, and the first reason that it gives or nothing, in the order of the file."""
    sections = list[tuple[str, str]]()
    for line in _COMMENT.sub("", changelog).splitlines():
        heading, said = _HEADING.match(line), _LINE.match(line)
        if heading is not None:
            sections.append((heading[1], ""))
        elif said is not None and sections and not sections[-1][1]:
            sections[-1] = (sections[-1][0], said[1])
    return sections
