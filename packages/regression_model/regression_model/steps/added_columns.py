"""Columns that a step adds under a name it makes up, which another column may have already."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from regression_model.errors import ConfigError


def find_clash(added: Iterable[tuple[str, str]], kept: Collection[str]) -> str | None:
    """Find two columns that would have the same name.

    Parameters
    ----------
    added : iterable of (str, str)
        The new columns: name, and what it is made of, in words.
    kept : collection of str
        Names of the columns that stay.

    Returns
    -------
    str or None
        What clashes and what to do about it; None if all names differ.

    Examples
    --------
    >>> find_clash([("d_year", "the year of 'd'")], ["d_year"])
    "the year of 'd' would become the column 'd_year', which is there already; rename or leave out one of them"
    >>> find_clash([("d_year", "the year of 'd'")], ["e"])
    """
    remedy = "rename or leave out one of them"
    origins: dict[str, str] = {}
    for name, origin in added:
        if name in kept:
            return f"{origin} would become the column {name!r}, which is there already; {remedy}"
        if name in origins:
            return f"{origins[name]} and {origin} would both become the column {name!r}; {remedy}"
        origins[name] = origin
    return None


def check_added(kind: str, added: Iterable[tuple[str, str]], kept: Collection[str]) -> None:
    """Refuse a step whose columns would clash; see `find_clash`.

    Raises
    ------
    ConfigError
        Naming the step and both columns.
    """
    clash = find_clash(added, kept)
    if clash is not None:
        raise ConfigError(f"the step {kind!r} can't add its columns: {clash}")
