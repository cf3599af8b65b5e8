"""JSON to a frame: rows, columns, split form, and newline-delimited rows."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

import pandas as pd

from regression_model.errors import DataError

_WHOLE_NUMBER = re.compile(r"0|-?[1-9]\d*")
_FORMS = (
    'expected a list of row objects, an object of columns ({"column": [...]} or {"column": {"0": ...}}), '
    'or {"columns": [...], "data": [[...], ...]}'
)


def parse_json(text: str, file_name: str, *, with_series: bool = False) -> pd.DataFrame:
    """Parse a JSON document that holds one table.

    Four forms are read: a list of row objects (an absent key is a missing value);
    ``{"column": [values]}``; ``{"column": {"row label": value}}``, as pandas writes it, where rows
    come in the order of their labels if all of these are whole numbers and else in the file's;
    and the split form ``{"columns": [...], "data": [[...], ...]}``.

    Parameters
    ----------
    text : str
        The whole file.
    file_name : str
        For messages.
    with_series : bool, default False
        Whether a cell may be a list, which is left as it is.

    Returns
    -------
    pandas.DataFrame
        Columns of numbers have a numeric dtype, with NaN for ``null``; all others are ``object``
        with None for ``null``.

    Raises
    ------
    DataError
        The text is not JSON, holds no table of these forms, or a cell is a list or an object.

    Examples
    --------
    >>> parse_json('{"a": {"10": 2, "9": 1}, "b": {"9": "x", "10": null}}', "example.json").to_dict("records")
    [{'a': 1, 'b': 'x'}, {'a': 2, 'b': None}]
    """
    return read_document(_load(text, file_name), file_name, with_series=with_series)


def read_document(document: Any, file_name: str, *, with_series: bool = False) -> pd.DataFrame:  # noqa: ANN401
    """Read a table from a JSON document that was parsed already; see `parse_json`."""
    return _build(_read_columns(document, file_name), file_name, with_series=with_series)


def parse_ndjson(text: str, file_name: str, *, with_series: bool = False) -> pd.DataFrame:
    """Parse newline-delimited JSON: one row object per line, blank lines skipped.

    Parameters
    ----------
    text : str
        The whole file.
    file_name : str
        For messages.
    with_series : bool, default False
        Whether a cell may be a list, which is left as it is.

    Returns
    -------
    pandas.DataFrame
        As from `parse_json`.

    Raises
    ------
    DataError
        A line is not a JSON object; the message names the line.
    """
    rows = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{file_name}, line {number}"
        row = _load(line, where)
        if not isinstance(row, dict):
            raise DataError(f"{where}: expected one row object per line, found {_kind(row)}")
        rows.append(row)
    return _build(_from_rows(rows, file_name), file_name, with_series=with_series)


def _read_columns(document: Any, file_name: str) -> dict[str, list[Any]]:  # noqa: ANN401 - a JSON document
    """Return the cells of each column, whichever form the table has."""
    if isinstance(document, list):
        return _from_rows(document, file_name)
    if not isinstance(document, dict) or not document:
        raise DataError(f"{file_name}: {_FORMS}")
    if _is_split_form(document):
        return _from_split(document, file_name)
    if all(isinstance(values, dict) for values in document.values()):
        return _from_labelled_columns(document, file_name)
    if all(isinstance(values, list) for values in document.values()):
        return _from_columns(document, file_name)
    raise DataError(f"{file_name}: {_FORMS}")


def _load(text: str, where: str) -> Any:  # noqa: ANN401 - a JSON document is of any type
    """Parse JSON, refusing what JSON forbids or leaves undefined."""

    def without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise DataError(f"{where}: the key {twice!r} occurs twice in one object")
        return result

    def constant(word: str) -> None:
        # json.dumps writes NaN for a missing number; an infinite one has no meaning in a table.
        if word != "NaN":
            raise DataError(f"{where}: {word} is not a number that a table can hold")

    if not text.strip():
        raise DataError(f"{where}: the file is empty; {_FORMS}")
    try:
        return json.loads(text, object_pairs_hook=without_duplicates, parse_constant=constant)
    except json.JSONDecodeError as error:
        raise DataError(f"{where}: not JSON: {error}") from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"{where}: JSON that can't be read: {error}") from error


def _kind(value: object) -> str:
    """Name a JSON type."""
    names = {dict: "an object", list: "a list", str: "a text", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")


def _is_split_form(document: dict[str, Any]) -> bool:
    """Tell the split form from a table that has columns named ``columns`` and ``data``."""
    if not {"columns", "data"} <= set(document) <= {"columns", "data", "index"}:
        return False
    return isinstance(document["data"], list) and all(isinstance(row, list) for row in document["data"])


def _from_rows(rows: list[Any], file_name: str) -> dict[str, list[Any]]:
    names: dict[str, None] = {}
    for index, row in enumerate(rows):
        if not isinstance(row, dict):
            raise DataError(f"{file_name}: row {index} is {_kind(row)}; {_FORMS}")
        names.update(dict.fromkeys(row))
    return {name: [row.get(name) for row in rows] for name in names}


def _from_split(document: dict[str, Any], file_name: str) -> dict[str, list[Any]]:
    names, rows = document["columns"], document["data"]
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise DataError(f"{file_name}: 'columns' must be a list of texts")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise DataError(f"{file_name}: the column {twice!r} occurs twice; column names must be unique")
    for index, row in enumerate(rows):
        if len(row) != len(names):
            raise DataError(f"{file_name}: row {index} has {len(row)} cells, 'columns' has {len(names)}")
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def _from_columns(document: dict[str, list[Any]], file_name: str) -> dict[str, list[Any]]:
    first, values = next(iter(document.items()))
    for name, others in document.items():
        if len(others) != len(values):
            raise DataError(
                f"{file_name}: column {name!r} has {len(others)} values, column {first!r} has {len(values)}"
            )
    return document


def _from_labelled_columns(document: dict[str, dict[str, Any]], file_name: str) -> dict[str, list[Any]]:
    first, cells = next(iter(document.items()))
    labels = list(cells)
    if all(_WHOLE_NUMBER.fullmatch(label) for label in labels):
        labels.sort(key=int)
    for name, others in document.items():
        if others.keys() != cells.keys():
            _refuse_labels((first, cells), (name, others), file_name)
    return {name: [others[label] for label in labels] for name, others in document.items()}


def _refuse_labels(first: tuple[str, dict[str, Any]], other: tuple[str, dict[str, Any]], file_name: str) -> NoReturn:
    """Name the first row label that one column has and the other lacks."""
    (first_name, first_cells), (name, cells) = first, other
    lacking, holding, missing = name, first_name, [label for label in first_cells if label not in cells]
    if not missing:
        lacking, holding, missing = first_name, name, [label for label in cells if label not in first_cells]
    raise DataError(f"{file_name}: column {lacking!r} has no row {missing[0]!r}, column {holding!r} has one")


def _build(columns: dict[str, list[Any]], file_name: str, *, with_series: bool) -> pd.DataFrame:
    """Make each column a Series of the dtype that its values ask for."""
    return pd.DataFrame(
        {name: _column(name, values, file_name, () if with_series else (list,)) for name, values in columns.items()}
    )


def _column(name: str, values: list[Any], file_name: str, refused: tuple[type, ...]) -> pd.Series[Any]:
    kinds = {type(value) for value in values}
    if kinds & {dict, *refused}:
        index = next(place for place, value in enumerate(values) if isinstance(value, (dict, *refused)))
        raise DataError(
            f"{file_name}: row {index}, column {name!r}: {_kind(values[index])} can't be a cell; "
            "expected a text, number, boolean or null"
        )
    if kinds == {bool} or (kinds & {int, float} and kinds <= {int, float, type(None)}):
        return pd.Series(values)
    return pd.Series(values, dtype=object)
