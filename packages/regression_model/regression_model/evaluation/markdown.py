"""The little Markdown that a model card needs, with everything that came from data escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence


def escape(text: str) -> str:
    r"""Return text that Markdown shows as it is, in one line; inside of tables too.

    Underscores within words stay, as they mean nothing there.

    Examples
    --------
    >>> escape("a|b <script> *c* total_rooms")
    'a\\|b &lt;script&gt; \\*c\\* total_rooms'
    """
    text = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*\[\]|~])|(?<!\w)(_)|(_)(?!\w)", r"\\\g<0>", text)


def heading(level: int, text: str) -> str:
    """Return a heading of level 1 to 6."""
    return f"{'#' * level} {escape(text)}"


def fact_list(facts: Iterable[tuple[str, str]]) -> str:
    """Return a list of names and values."""
    return "\n".join(f"- {escape(name)}: {escape(value)}" for name, value in facts)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table as GitHub's Markdown has it, or nothing if there is no row."""
    if not rows:
        return ""
    lines = [header, ["---"] * len(header), *([escape(cell) for cell in row] for row in rows)]
    lines[0] = [escape(name) for name in header]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
