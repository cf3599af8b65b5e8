"""A query to freeze: one statement that only reads, and its parameters."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from regression_model.errors import DataError

Value = str | int | float | bool | None

_BLANK = re.compile(r"(?:\s+|--[^\n]*(?:\n|$)|/\*.*?\*/|\()*", re.DOTALL)
_FIRST_WORD = re.compile(r"[A-Za-z]+")
_READING = ("SELECT", "WITH")
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)


@dataclass(frozen=True)
class Query:
    """One reading statement.

    Attributes
    ----------
    text : str
        SQL in the words of the database, without a semicolon; parameters as ``:name``.
    parameters : dict
        Their values.
    """

    text: str
    parameters: Mapping[str, Value]


def build_query(text: str, parameters: Sequence[str] = ()) -> Query:
    """Check a statement and read its parameters.

    Parameters
    ----------
    text : str
        ``SELECT ...`` or ``WITH ...``; one statement. No semicolon is allowed but at its end: whether one
        stands in a literal, only the database could say for certain.
    parameters : sequence of str
        Each ``name=value``. A number, ``true``, ``false``, ``null`` and a text in double quotes are read as in
        JSON; anything else is a text as it stands.

    Returns
    -------
    Query

    Raises
    ------
    DataError
        It is another statement, or several, or a parameter has no name or is given twice.

    Examples
    --------
    >>> build_query("SELECT * FROM houses WHERE price > :least;", ["least=1000"])
    Query(text='SELECT * FROM houses WHERE price > :least', parameters={'least': 1000})
    """
    statement = text.strip().rstrip(";").rstrip()
    start = _BLANK.match(statement)
    word = _FIRST_WORD.match(statement, start.end() if start else 0)
    found = word.group().upper() if word else ""
    if found not in _READING:
        raise DataError(
            f"a snapshot is taken by a statement that begins with SELECT or WITH, found {found or 'none'!r}"
        )
    if ";" in statement:
        raise DataError(
            "the query holds a ';' before its end: one statement is allowed, and a text with a semicolon in it has to "
            "be a parameter (write ':name' in the query and give --parameter 'name=a;b')"
        )
    return Query(statement, _read_parameters(parameters))


def _read_parameters(parameters: Sequence[str]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for given in parameters:
        name, equals, text = given.partition("=")
        if not equals or not _NAME.fullmatch(name):
            raise DataError(f"expected a parameter as name=value, found {given!r:.80}")
        if name in values:
            raise DataError(f"the parameter {name!r} is given twice")
        values[name] = _read_value(text)
    return values


def _read_value(text: str) -> Value:
    try:
        value = json.loads(text, parse_constant=_refuse)
    except ValueError:
        return text
    return value if value is None or isinstance(value, str | int | float) else text


def _refuse(word: str) -> None:
    """Leave NaN and Infinity texts: JSON does not know them."""
    raise ValueError(word)
