"""The forms in which rows come: one object, a list, or a list in an envelope.

The rows themselves are not loaded here: one bad row would turn into a refusal of all of them. The model's own
schema checks them, one by one.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ml_api.errors import DocumentError, TooManyRowsError

ENVELOPES = ("inputs", "data")


def read_rows(document: object, *, feature_names: Collection[str], max_rows: int) -> list[Any]:
    """Take the rows out of a document.

    Parameters
    ----------
    document : object
        One object, which is one row; a list of rows; or an object with a list of rows under ``inputs`` or
        ``data``.
    feature_names : collection of str
        The model's features. If one of them is called ``inputs`` or ``data``, an object with that key is a
        row.
    max_rows : int
        The most rows allowed.

    Returns
    -------
    list
        The rows, at least one, unchecked: any of them may turn out to be no object.

    Raises
    ------
    DocumentError
        If the document has none of these forms, or no rows.
    TooManyRowsError
        If there are more rows than allowed.
    """
    rows = _unwrap(document, feature_names)
    if len(rows) > max_rows:
        raise TooManyRowsError(
            f"The body holds {len(rows)} rows; at most {max_rows} are allowed in one request. Send fewer.",
            details={"rows": len(rows), "max_rows": max_rows},
        )
    return rows


def _unwrap(document: object, feature_names: Collection[str]) -> list[Any]:
    if isinstance(document, list):
        if not document:
            raise DocumentError("The body is an empty list. Send at least one row.")
        return document
    if not isinstance(document, dict):
        raise DocumentError('The body must be one object, a list of objects, {"inputs": [...]} or {"data": [...]}.')
    for key in ENVELOPES:
        if key in document and key not in feature_names:
            return _open_envelope(document, key)
    return [document]


def _open_envelope(document: dict[str, Any], key: str) -> list[Any]:
    rows = document[key]
    if len(document) > 1 or not isinstance(rows, list) or not rows:
        raise DocumentError(
            f"The body has the key {key!r}, so that it must hold a list of at least one row there, and nothing else.",
            details={"field": key},
        )
    return rows
