"""Columns of pyarrow as the compiled form of a model takes them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regression_model.compiled import Texts


def to_floats(column: Any) -> NDArray[np.float64]:  # noqa: ANN401 - a pyarrow array
    """Return numbers as floats, NaN for null.

    Parameters
    ----------
    column : pyarrow.Array of integers or floats
    """
    numbers: NDArray[np.float64] = _to_numpy(column).astype(np.float64, copy=False)
    if not column.null_count:
        return numbers
    return np.where(_find_valid(column), numbers, np.nan)


def to_texts(column: Any) -> Texts:  # noqa: ANN401 - a pyarrow array
    """Return text by its different values; integers are their digits.

    Parameters
    ----------
    column : pyarrow.Array or pyarrow.DictionaryArray of text or integers
    """
    import pyarrow as pa

    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    codes = _to_numpy(column.indices).astype(np.int32, copy=False)
    if column.indices.null_count:
        codes = np.where(_find_valid(column.indices), codes, np.int32(-1))
    return Texts(codes, list(map(str, column.dictionary.to_pylist())))


def list_texts(column: Any) -> list[str]:  # noqa: ANN401 - a pyarrow array
    """Return each text; pyarrow's own way takes ten times as long.

    Parameters
    ----------
    column : pyarrow.StringArray or pyarrow.DictionaryArray of it, without nulls
    """
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        texts = list_texts(column.dictionary)
        return [texts[code] for code in _to_numpy(column.indices).tolist()]
    if not len(column):
        return []
    _, positions, letters = column.buffers()
    ends = np.frombuffer(positions, np.int32)[column.offset : column.offset + len(column) + 1].tolist()
    content = letters.to_pybytes() if letters is not None else b""
    if content.isascii():
        text = content.decode()
        return [text[begin:end] for begin, end in pairwise(ends)]
    return [content[begin:end].decode() for begin, end in pairwise(ends)]


def _to_numpy(column: Any) -> NDArray[Any]:  # noqa: ANN401 - a pyarrow array
    """Look at the values of an array, whatever is there for null; pyarrow's own way imports pandas."""
    dtype = np.dtype(column.type.to_pandas_dtype())
    if not len(column):
        return np.empty(0, dtype)
    return np.frombuffer(column.buffers()[1], dtype)[column.offset : column.offset + len(column)]


def _find_valid(column: Any) -> NDArray[np.bool_]:  # noqa: ANN401 - a pyarrow array with nulls
    bits = np.frombuffer(column.buffers()[0], np.uint8)
    flags = np.unpackbits(bits, bitorder="little", count=column.offset + len(column))
    return flags[column.offset :].astype(bool)
