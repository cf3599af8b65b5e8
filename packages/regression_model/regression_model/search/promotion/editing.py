"""Puts other steps, another model and another transform into the lines of a configuration file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from regression_model.search.promotion.layout import Entry, UnusualLayoutError, list_entries, list_sections
from regression_model.search.promotion.yaml_text import format_entry, format_item, format_mapping

Document = Mapping[str, Any]


def edit_text(text: str, old: Document, new: Document, *, keep: bool = True) -> str:
    """Return a configuration file with other sections.

    Parameters
    ----------
    text : str
        The file, with lines that end in a line feed.
    old, new : mapping
        ``target``, ``preprocessing`` and ``model``, as they are and as they are to be; see `documents.describe`. Of
        the target only ``transform`` may differ.
    keep : bool
        Keep the lines of what does not change within a section, and its comments; otherwise a section that changes is
        written anew as a whole.

    Returns
    -------
    str
        Lines outside of the parts that change are those of `text`.
    """
    for section in ("model", "preprocessing", "target"):
        if _as_key(old[section]) != _as_key(new[section]):
            text = _edit_section(text, section, old[section], new[section], keep=keep)
    return text


def _edit_section(text: str, section: str, old: Any, new: Any, *, keep: bool) -> str:  # noqa: ANN401 - any JSON
    lines = text.split("\n")
    sections = {entry.key: entry for entry in list_sections(text)}
    entry = sections.get(section)
    written = format_mapping({section: new}, 0) if new else [f"{section}: []"]
    if entry is None:
        place = sections["model"].lead
        return "\n".join([*lines[:place], *([""] if place else []), *written, *lines[place:]])
    if keep:
        try:
            edit = _EDITS[section]
            written = [*lines[entry.first : entry.first + 1], *edit(lines, entry, old, new)]
        except UnusualLayoutError:
            pass
    return "\n".join([*lines[: entry.first], *written, *lines[_content_end(lines, entry) :]])


def _edit_target(lines: Sequence[str], section: Entry, old: Document, new: Document) -> list[str]:
    del old
    end = _content_end(lines, section)
    entries = list_entries(lines, section.value, section.first + 1, end)
    written = format_entry("transform", new["transform"], entries[0].column) if "transform" in new else []
    for entry in entries:
        if entry.key == "transform":  # what was said of the old one does not hold for the new one
            return [*lines[section.first + 1 : entry.lead], *written, *lines[entry.end : end]]
    behind = next((entry for entry in entries if entry.key == "column"), entries[-1])
    return [*lines[section.first + 1 : behind.end], *written, *lines[behind.end : end]]


def _edit_model(lines: Sequence[str], section: Entry, old: Document, new: Document) -> list[str]:
    if old.get("family") != new.get("family"):
        return format_mapping(new, 2)
    end = _content_end(lines, section)
    entries = list_entries(lines, section.value, section.first + 1, end)
    return _merge(lines, entries, old, new)


def _edit_steps(lines: Sequence[str], section: Entry, old: Sequence[Document], new: Sequence[Document]) -> list[str]:
    if not new:
        raise UnusualLayoutError
    entries = list_entries(lines, section.value, section.first + 1, _content_end(lines, section))
    if len(entries) != len(old):
        raise UnusualLayoutError
    written: list[str] = []
    matcher = SequenceMatcher(None, [_as_key(step) for step in old], [_as_key(step) for step in new], autojunk=False)
    for operation, from_old, to_old, from_new, to_new in matcher.get_opcodes():
        if operation == "equal":
            written += lines[entries[from_old].lead : entries[to_old - 1].end]
            continue
        free = list(range(from_old, to_old))
        for step in new[from_new:to_new]:
            like = next((place for place in free if old[place]["step"] == step["step"]), None)
            if like is None:
                written += format_item(step, entries[0].column)
                continue
            free = [place for place in free if place > like]
            written += _edit_step(lines, entries[like], old[like], step)
    return written


def _edit_step(lines: Sequence[str], entry: Entry, old: Document, new: Document) -> list[str]:
    """Change what differs between two steps of one kind; the comments above it stay."""
    comments = list(lines[entry.lead : entry.first])
    try:
        entries = list_entries(lines, entry.value, entry.first, entry.end)
        merged = _merge(lines, entries, old, new)
    except UnusualLayoutError:
        merged = format_item(new, entry.column)
    return [*comments, *merged]


def _merge(lines: Sequence[str], entries: Sequence[Entry], old: Document, new: Document) -> list[str]:
    """Keep the lines of keys whose values stay, and the comments above keys that do."""
    if entries[0].key not in new or _as_key(old.get(entries[0].key)) != _as_key(new[entries[0].key]):
        raise UnusualLayoutError  # the first may share its line with a dash
    written: list[str] = []
    for entry in entries:
        if entry.key not in new:
            continue
        if entry.key in old and _as_key(old[entry.key]) == _as_key(new[entry.key]):
            written += lines[entry.lead : entry.end]
        else:
            comments = lines[entry.lead : entry.first]
            written += [*comments, *format_entry(entry.key, new[entry.key], entry.column)]
    known = {entry.key for entry in entries}
    for key, value in new.items():
        if key not in known:
            written += format_entry(key, value, entries[0].column)
    return written


_EDITS: Mapping[str, Callable[[Sequence[str], Entry, Any, Any], list[str]]] = {
    "preprocessing": _edit_steps,
    "model": _edit_model,
    "target": _edit_target,
}


def _content_end(lines: Sequence[str], entry: Entry) -> int:
    """Return the line behind the last that is no comment; comments behind it are about nothing that goes."""
    end = entry.end
    while end > entry.first + 1 and (not lines[end - 1].strip() or lines[end - 1].strip().startswith("#")):
        end -= 1
    return end


def _as_key(value: object) -> str:
    """Return a text that is the same for the same JSON: 1 and 1.0 are, true and 1 are not."""
    return json.dumps(_even(value), sort_keys=True, default=str)


def _even(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _even(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_even(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
