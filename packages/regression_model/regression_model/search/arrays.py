"""Arrays of predictions: as text between processes, and as files of a run."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from regression_model.errors import SearchError
from regression_model.processing.datasets.atomic import replacing

if TYPE_CHECKING:
    from pathlib import Path

FloatArray = npt.NDArray[np.float64]


def encode_array(array: FloatArray) -> dict[str, Any]:
    """Write an array as JSON, bit by bit.

    Examples
    --------
    >>> decode_array(encode_array(np.array([[0.1, float("inf")]]))).tolist()
    [[0.1, inf]]
    """
    plain = np.ascontiguousarray(array, dtype="<f8")
    return {"shape": list(plain.shape), "float64": base64.b64encode(plain.tobytes()).decode("ascii")}


def decode_array(document: Mapping[str, Any]) -> FloatArray:
    """Read what `encode_array` wrote."""
    return np.frombuffer(base64.b64decode(document["float64"]), dtype="<f8").reshape(document["shape"]).copy()


def digest_array(array: FloatArray) -> str:
    """Return the SHA-256 of an array's file."""
    return hashlib.sha256(_to_bytes(array)).hexdigest()


def write_array(path: Path, array: FloatArray) -> str:
    """Write an array as a ``.npy`` file, atomically and synced, and return the SHA-256 of the file."""
    data = _to_bytes(array)
    with replacing(path) as file:
        file.write(data)
    return hashlib.sha256(data).hexdigest()


def read_array(path: Path, sha256: str) -> FloatArray:
    """Read what `write_array` wrote.

    Raises
    ------
    SearchError
        If it is not there, or not what was written.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SearchError(f"{path} can't be read, but the journal names it: {error.strerror or error}") from error
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise SearchError(f"{path} is not what the search wrote: expected SHA-256 {sha256}, found {found}")
    array: FloatArray = np.load(io.BytesIO(data), allow_pickle=False)
    return array


def _to_bytes(array: FloatArray) -> bytes:
    file = io.BytesIO()
    np.save(file, np.ascontiguousarray(array, dtype="<f8"), allow_pickle=False)
    return file.getvalue()
