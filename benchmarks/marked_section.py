"""A part of a report that one program writes, between markers, in a file that others write to as well."""

from __future__ import annotations

from pathlib import Path


def _markers(name: str) -> tuple[str, str]:
    return f"<!-- {name}: begin -->", f"<!-- {name}: end -->"


def find_section(text: str, name: str) -> str:
    """Return the section with its markers; empty if there is none.

    Raises
    ------
    ValueError
        If only one of the markers is there, or in the wrong order.
    """
    begin, end = _markers(name)
    if begin not in text and end not in text:
        return ""
    if text.count(begin) != 1 or text.count(end) != 1 or text.index(begin) > text.index(end):
        raise ValueError(f"expected {begin!r} and then {end!r}, once each; put that right, or remove both lines")
    return text[text.index(begin) : text.index(end) + len(end)]


def put_section(path: Path, name: str, section: str) -> None:
    """Replace the section in a file, or append it; all else in the file stays."""
    begin, end = _markers(name)
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    new, old = f"{begin}\n\n{section.strip()}\n\n{end}", find_section(text, name)
    text = text.replace(old, new) if old else "\n\n".join(part for part in (text.strip(), new) if part) + "\n"
    path.write_text(text, encoding="utf-8")
