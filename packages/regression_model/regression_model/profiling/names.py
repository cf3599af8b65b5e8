"""What the name of a column hints at."""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")
_IDENTIFIER = frozenset({"id", "ids", "pid", "uid", "uuid", "guid", "key", "pk", "index", "idx", "rowid", "identifier"})
_CODE = frozenset(
    {"class", "subclass", "code", "cd", "type", "kind", "category", "cat", "group", "cluster", "segment"}
    | {"zip", "zipcode", "postcode", "postal", "plz", "sic", "naics", "region", "district", "zone", "branch"}
)
_YEAR = frozenset({"year", "years", "yr", "yrs"})


def split_words(name: str) -> list[str]:
    """Split a name into its words, in lower case.

    Examples
    --------
    >>> split_words("MSSubClass"), split_words("1stFlrSF"), split_words("emp.var_rate")
    (['ms', 'sub', 'class'], ['1', 'st', 'flr', 'sf'], ['emp', 'var', 'rate'])
    """
    return [word.lower() for word in _WORD.findall(name)]


def names_identifier(name: str) -> bool:
    """Say whether a column is named as identifiers are; a nameless one is the index that pandas wrote out.

    Examples
    --------
    >>> names_identifier("customer_id"), names_identifier("Unnamed: 0"), names_identifier("width")
    (True, True, False)
    """
    words = split_words(name)
    return not name.strip() or words[:1] == ["unnamed"] or not _IDENTIFIER.isdisjoint(words[-1:])


def names_code(name: str) -> bool:
    """Say whether a column is named as codes are, which are no numbers even if they consist of digits.

    Examples
    --------
    >>> names_code("MSSubClass"), names_code("zip"), names_code("OverallQual")
    (True, True, False)
    """
    return not _CODE.isdisjoint(split_words(name)[-2:])


def names_year(name: str) -> bool:
    """Say whether a column is named as calendar years are.

    Examples
    --------
    >>> names_year("YrSold"), names_year("GarageYrBlt"), names_year("age")
    (True, True, False)
    """
    return not _YEAR.isdisjoint(split_words(name))
