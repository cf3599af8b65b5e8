"""ARFF, the text format in which OpenML serves tables, to a frame of text.

Format: https://waikato.github.io/weka-wiki/formats_and_processing/arff_stable/
Only dense tables are read. The declared types are not used: the schema infers them, as for CSV.
"""

from __future__ import annotations

import re

import pandas as pd

from regression_model.errors import DataError

_LINE_END = re.compile(r"\r\n|\r|\n")
_ATTRIBUTE = re.compile(
    r"""@attribute\s+
    (?: '(?P<single>(?:[^'\\]|\\.)*)' | "(?P<double>(?:[^"\\]|\\.)*)" | (?P<plain>[^\s{'"]+) )
    \s*(?P<type>\S.*)""",
    re.IGNORECASE | re.VERBOSE,
)
_CELL = re.compile(
    r"""\s*
    (?: '(?P<single>(?:[^'\\]|\\.)*)' | "(?P<double>(?:[^"\\]|\\.)*)" | (?P<plain>[^,'"\s][^,]*?|) )
    \s*(?P<end>,|$)""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}
_MISSING = "?"


def parse_arff(text: str, file_name: str) -> pd.DataFrame:
    r"""Parse a dense ARFF table.

    Parameters
    ----------
    text : str
        The whole file.
    file_name : str
        For messages.

    Returns
    -------
    pandas.DataFrame
        ``object`` columns of ``str``, as from CSV. An unquoted ``?`` is a missing value: ``""``.

    Raises
    ------
    DataError
        There is no ``@data``, an attribute can't be read, the table is sparse or relational, or a
        row has more or fewer cells than there are attributes.

    Examples
    --------
    >>> text = "@attribute 'living area' numeric\n@attribute b {x,'?'}\n@data\n?,'?'\n"
    >>> parse_arff(text, "example.arff").to_dict("records")
    [{'living area': '', 'b': '?'}]
    """
    lines = _LINE_END.split(text)
    names, first_row = _parse_header(lines, file_name)
    rows = []
    for number, line in enumerate(lines[first_row:], start=first_row + 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("%"):
            continue
        where = f"{file_name}, line {number}"
        if stripped.startswith("{"):
            raise DataError(f"{where}: a sparse row; only dense ARFF is read, convert the file to CSV")
        cells = _split_row(stripped, where)
        if len(cells) != len(names):
            raise DataError(f"{where}: {len(cells)} cells, but the header has {len(names)} attributes")
        rows.append(cells)
    return pd.DataFrame(rows, columns=pd.Index(names), dtype=object)


def _parse_header(lines: list[str], file_name: str) -> tuple[list[str], int]:
    """Return the attributes' names and the index of the line after ``@data``."""
    names: list[str] = []
    for index, line in enumerate(lines):
        stripped = line.strip()
        keyword = stripped.split(maxsplit=1)[0].lower() if stripped else ""
        if keyword == "@data":
            return names, index + 1
        if keyword == "@attribute":
            names.append(_attribute_name(stripped, f"{file_name}, line {index + 1}"))
        elif keyword and keyword != "@relation" and not keyword.startswith("%"):
            raise DataError(f"{file_name}, line {index + 1}: expected @attribute or @data, found {keyword!r}")
    raise DataError(f"{file_name}: no @data line; this is not a complete ARFF file")


def _attribute_name(line: str, where: str) -> str:
    """Take the name from ``@attribute <name> <type>``."""
    match = _ATTRIBUTE.fullmatch(line)
    if match is None:
        raise DataError(f"{where}: expected '@attribute <name> <type>', found {line!r}")
    if match["type"].lower().startswith("relational"):
        raise DataError(f"{where}: a relational attribute; only flat tables are read")
    return match["plain"] or _unescape(match["single"] or match["double"] or "")


def _split_row(line: str, where: str) -> list[str]:
    """Split one row into its cells."""
    if "'" not in line and '"' not in line:
        cells = [cell.strip() for cell in line.split(",")]
        return ["" if cell == _MISSING else cell for cell in cells]
    cells, position = [], 0
    while True:
        match = _CELL.match(line, position)
        if match is None:
            raise DataError(f"{where}: can't read cell {len(cells) + 1}; is a quote not closed?")
        plain = match["plain"]
        if plain is None:
            cells.append(_unescape(match["single"] or match["double"] or ""))
        else:
            cells.append("" if plain == _MISSING else plain)
        if not match["end"]:
            return cells
        position = match.end()


def _unescape(quoted: str) -> str:
    r"""Resolve ``\'``, ``\n`` and their kin; an unknown escape stands for its own character."""
    if "\\" not in quoted:
        return quoted

    def character(match: re.Match[str]) -> str:
        code = match[1]
        return chr(int(code[1:], 16)) if len(code) > 1 else _ESCAPED.get(code, code)

    return _ESCAPE.sub(character, quoted)
