"""Pickles a fitted pipeline so that its bytes depend on what it holds, and on nothing else."""

from __future__ import annotations

import io
import pickle
from typing import Any

import numpy as np
from joblib.numpy_pickle import NumpyPickler

_PROTOCOL = 5  # fixed, so that a newer Python does not write other bytes


class _Pickler(NumpyPickler):
    """joblib's pickler, for which equal texts are one text.

    A pickle holds a text once and then refers back to it, but only where it is the same object. Whether two equal texts
    are one object depends on what else is installed and was imported before: on the caches of pydantic, and on pyarrow,
    with which pandas makes new objects of its labels each time.
    """

    def __init__(self, stream: io.BytesIO) -> None:
        super().__init__(stream, protocol=_PROTOCOL)
        self._texts: dict[str, str] = {}

    def save(self, obj: Any, *arguments: Any) -> Any:  # noqa: ANN401 - whatever a pipeline holds
        """Write one object."""
        if type(obj) is str:
            obj = self._texts.setdefault(obj, obj)
        elif isinstance(obj, np.ndarray) and obj.dtype.hasobject:
            # joblib would hand it to another pickler, which knows nothing of our texts.
            return pickle._Pickler.save(self, obj, *arguments)  # type: ignore[attr-defined]
        return super().save(obj, *arguments)


def dump(value: object) -> bytes:
    """Return the pickle of a value, as `joblib.load` reads it.

    Parameters
    ----------
    value : object
        Such as a fitted pipeline.

    Returns
    -------
    bytes
        The same for values that hold the same, whichever of their texts are one object.
    """
    stream = io.BytesIO()
    _Pickler(stream).dump(value)
    return stream.getvalue()
