"""Arrays of numbers in one file: NumPy's npz format, with the same bytes for the same arrays.

Reading one runs nothing, and takes no more memory than the file is long.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from regression_model.errors import ArtifactIntegrityError

_SUFFIX = ".npy"
_KINDS = "biuf"
_VERSION = (1, 0)
_MAGIC = npy.magic(*_VERSION)
_HEADER = re.compile(
    rb"\{'descr': '([<|][biuf]\d{1,2})', 'fortran_order': False, "
    rb"'shape': \(((?:\d{1,15}(?:, \d{1,15}){1,7})?|\d{1,15},)\), \} *\n"
)
"""What `write_arrays` writes, and nothing else: NumPy's own reader would evaluate it."""

_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The date that is written for each array; a zip file can't say nothing."""


def write_arrays(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Write arrays of numbers.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        By name, each of booleans, integers or floats.

    Raises
    ------
    ArtifactIntegrityError
        If one holds anything else.
    """
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(arrays):
            array = np.ascontiguousarray(arrays[name]) if arrays[name].ndim else arrays[name]
            _check_dtype(name, array.dtype)
            part = io.BytesIO()
            npy.write_array(part, array.astype(array.dtype.newbyteorder("<")), _VERSION, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(name + _SUFFIX, _EARLIEST), part.getvalue())
    return file.getvalue()


def read_arrays(data: bytes) -> dict[str, NDArray[Any]]:
    """Undo `write_arrays`.

    Returns
    -------
    dict of str to ndarray
        They can't be written to.

    Raises
    ------
    ArtifactIntegrityError
        If it is no such file.
    """
    arrays = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            # What is not compressed can't be longer than the file; unless several entries are at the same place.
            if sum(entry.file_size for entry in entries) > len(data):
                raise ArtifactIntegrityError("the file of arrays is shorter than the arrays that it names")
            for entry in entries:
                if entry.compress_type != zipfile.ZIP_STORED:
                    raise ArtifactIntegrityError(f"the array {entry.filename!r:.80} is stored in an unknown way")
                name = entry.filename.removesuffix(_SUFFIX)
                if name in arrays:
                    raise ArtifactIntegrityError(f"the array {name!r:.80} is there twice")
                arrays[name] = _read_array(name, archive.read(entry))
    except (zipfile.BadZipFile, ValueError, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise ArtifactIntegrityError(f"the file of arrays can't be read: {type(error).__name__}") from None
    return arrays


def _read_array(name: str, data: bytes) -> NDArray[Any]:
    if not data.startswith(_MAGIC):
        raise ArtifactIntegrityError(f"the array {name!r:.80} is written in an unknown version of NumPy's format")
    first = len(_MAGIC) + 2
    start = first + int.from_bytes(data[len(_MAGIC) : first], "little")
    header = _HEADER.fullmatch(data[first:start])
    if header is None:
        raise ArtifactIntegrityError(f"the array {name!r:.80} has a header that is not that of an array of numbers")
    descr, sizes = (part.decode() for part in header.groups())
    try:
        dtype = np.dtype(descr)
    except TypeError:  # such as floats of 5 bytes
        raise ArtifactIntegrityError(f"the array {name!r:.80} holds {descr}, expected numbers") from None
    shape = tuple(int(size) for size in sizes.replace(",", " ").split())
    n_values = math.prod(shape)
    if n_values * dtype.itemsize != len(data) - start:
        raise ArtifactIntegrityError(f"the array {name!r:.80} is not as long as its header says")
    array: NDArray[Any] = np.frombuffer(data, dtype, count=n_values, offset=start).reshape(shape)
    return array


def _check_dtype(name: str, dtype: np.dtype[Any]) -> None:
    if dtype.kind not in _KINDS:
        raise ArtifactIntegrityError(f"the array {name!r:.80} holds {dtype}, expected numbers")
