"""HTML from nested calls; whatever isn't HTML yet is escaped on the way in."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence


class Html(str):
    """Text that is HTML already. Made by `element` only, or from SVG that we drew ourselves."""

    __slots__ = ()


def element(name: str, *children: str | None, **attributes: str | None) -> Html:
    """Return an element; children that are no `Html` are escaped, attributes always are.

    A trailing underscore of an attribute's name is dropped (``class_``), the others become hyphens;
    attributes and children that are None are left out.

    Examples
    --------
    >>> element("p", "1 < 2", class_="note")
    '<p class="note">1 &lt; 2</p>'
    """
    opened = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Html(f"<{name}{opened}>{join(*children)}</{name}>")


def join(*children: str | None) -> Html:
    """Return the children one after the other, escaping those that are no `Html`."""
    return Html("".join(child if isinstance(child, Html) else html.escape(child) for child in children if child))


def table(caption: str, header: Sequence[str], rows: Iterable[Sequence[str]], *, numbers_from: int = 1) -> Html:
    """Return a table that scrolls within itself; each row's first cell names the row.

    Parameters
    ----------
    caption : str
        For people who can't see it.
    header : sequence of str
        Column names.
    rows : iterable of sequences of str
        As long as the header.
    numbers_from : int, default 1
        Columns from this one on are set flush right.
    """

    def side(column: int) -> str | None:
        return "number" if column >= numbers_from else None

    head = [element("th", name, scope="col", class_=side(column)) for column, name in enumerate(header)]
    body = []
    for first, *others in rows:
        cells = [element("td", cell, class_=side(column)) for column, cell in enumerate(others, start=1)]
        body.append(element("tr", element("th", first, scope="row"), *cells))
    return element(
        "div",
        element(
            "table",
            element("caption", caption),
            element("thead", element("tr", *head)),
            element("tbody", *body),
        ),
        class_="scroll",
        tabindex="0",
        role="region",
        aria_label=caption,
    )


def definitions(facts: Iterable[tuple[str, str]]) -> Html:
    """Return a list of names and what they stand for."""
    return element(
        "dl",
        *(element("div", element("dt", name), element("dd", value)) for name, value in facts),
        class_="facts",
    )
