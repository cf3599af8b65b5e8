"""Features that were computed once, for whoever learns from the same series again."""

from __future__ import annotations

import hashlib
import threading

import numpy as np
import numpy.typing as npt

from regression_model.transformers.series.cells import Series

Features = npt.NDArray[np.float64]

MOST_BYTES = 100_000_000
"""Of features that a process keeps: those of some 15,000 series by the set ``efficient``."""
_BYTES_EACH = 400  # of the objects around them


class KeptFeatures:
    """Features by series and by what computed them. The series themselves are not kept, only their digests.

    Threads may share it.

    Parameters
    ----------
    most_bytes : int
        Where more would be kept, all that was is forgotten.

    Attributes
    ----------
    n_bytes : int
        What it holds.

    Examples
    --------
    >>> kept = KeptFeatures()
    >>> kept.keep("mean", np.array([1.0, 3.0]), np.array([2.0]))
    >>> kept.find("mean", np.array([1.0, 3.0]))
    array([2.])
    >>> kept.find("mean", np.array([1.0])) is None
    True
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._features: dict[tuple[str, bytes], Features] = {}
        self._lock = threading.Lock()
        self.n_bytes = 0

    def find(self, computed_by: str, values: Series) -> Features | None:
        """Return the features of a series; None if they are not kept."""
        return self._features.get((computed_by, _digest(values))) if self._features else None

    def keep(self, computed_by: str, values: Series, features: Features) -> None:
        """Keep the features of a series; they must not be changed any more."""
        key, n_bytes = (computed_by, _digest(values)), features.nbytes + _BYTES_EACH
        with self._lock:
            if key in self._features:
                return
            if self.n_bytes + n_bytes > self._most_bytes:
                self._clear()
            self._features[key] = features
            self.n_bytes += n_bytes

    def clear(self) -> None:
        """Forget all of them."""
        with self._lock:
            self._clear()

    def _clear(self) -> None:
        self._features.clear()
        self.n_bytes = 0


def _digest(values: Series) -> bytes:
    return hashlib.sha256(values.tobytes()).digest()
