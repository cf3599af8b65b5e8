"""The convolutions of MiniRocket: 84 fixed kernels, and how often each result exceeds a bias.

A. Dempster, D. F. Schmidt and G. I. Webb, *MiniRocket: A Very Fast (Almost) Deterministic Transform for Time Series
Classification*, KDD 2021, https://arxiv.org/abs/2012.08791. A kernel has nine weights, six of -1 and three of 2, so
that every result is the sum of four arrays that all kernels share. Series of another length than those in training are
convolved at their own length; where a dilation leaves no result without padding, the padded ones count.
"""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt

Batch = npt.NDArray[np.float32]
"""Series of equal length, of shape (n_rows, length)."""

KERNEL_LENGTH = 9
TRIPLES = np.array(list(itertools.combinations(range(KERNEL_LENGTH), 3)), dtype=np.intp)
"""Places of the three weights of 2, of shape (84, 3)."""
N_KERNELS = len(TRIPLES)
MAX_DILATIONS = 32
_WORD = 64  # bits that are counted at a time


def choose_dilations(length: int, n_features: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Spread the features of each kernel over dilations, exponentially up to the length of the series.

    Parameters
    ----------
    length : int
        Of the series, at least 1.
    n_features : int
        Of each kernel, at least 1.

    Returns
    -------
    dilations : ndarray of shape (n_dilations,)
        Ascending.
    n_features : ndarray of shape (n_dilations,)
        Features of each kernel at each dilation.

    Examples
    --------
    >>> choose_dilations(128, 119)[0]
    array([ 1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15])
    """
    n_steps = min(n_features, MAX_DILATIONS)
    largest = max(0.0, np.log2((length - 1) / (KERNEL_LENGTH - 1))) if length > 1 else 0.0
    steps = np.logspace(0, largest, n_steps, base=2).astype(np.intp)
    dilations, counts = np.unique(steps, return_counts=True)
    counts = (counts * (n_features / n_steps)).astype(np.intp)
    rest = n_features - int(counts.sum())
    counts += rest // len(counts)
    counts[: rest % len(counts)] += 1
    return dilations, counts


def choose_quantiles(n_features: int) -> npt.NDArray[np.float64]:
    """Return evenly spread quantiles in (0, 1): the multiples of the golden ratio, modulo 1."""
    return np.asarray((np.arange(1, n_features + 1) * ((np.sqrt(5.0) + 1.0) / 2.0)) % 1.0)


class Convolved:
    """What all kernels share at one dilation.

    Parameters
    ----------
    batch : ndarray of float32 of shape (n_rows, length)
    dilation : int
    """

    def __init__(self, batch: Batch, dilation: int) -> None:
        n_rows, self.length = batch.shape
        reach = KERNEL_LENGTH // 2 * dilation
        width = -(-self.length // _WORD) * _WORD  # a multiple of what is counted at a time
        shifted = np.zeros((KERNEL_LENGTH, n_rows, width), dtype=np.float32)
        for place in range(KERNEL_LENGTH):
            shift = (place - KERNEL_LENGTH // 2) * dilation
            first, last = max(0, -shift), min(self.length, self.length - shift)
            if first < last:
                shifted[place, :, first:last] = batch[:, first + shift : last + shift]
        common = -shifted[0]
        for place in range(1, KERNEL_LENGTH):  # one after the other: the same sum for one row as for many
            common -= shifted[place]
        common[:, self.length :] = -np.inf  # never exceeds a bias
        self._common, self._thrice = common, 3 * shifted
        self._inner = slice(reach, self.length - reach) if self.length > 2 * reach else slice(0, self.length)

    def convolve(self, kernels: npt.NDArray[np.intp], *, padded: bool) -> tuple[npt.NDArray[np.float32], int]:
        """Return the results of some kernels, of shape (n_kernels, n_rows, width), and how many of a row count.

        What does not count is minus infinity.
        """
        first, second, third = TRIPLES[kernels].T
        results = self._common + self._thrice[first]
        results += self._thrice[second]
        results += self._thrice[third]
        if padded:
            return results, self.length
        results[:, :, : self._inner.start] = -np.inf
        results[:, :, self._inner.stop :] = -np.inf
        return results, self._inner.stop - self._inner.start


def count_above(results: npt.NDArray[np.float32], biases: npt.NDArray[np.float32]) -> npt.NDArray[np.intp]:
    """Count the results of each kernel and row that exceed the kernel's bias.

    Parameters
    ----------
    results : ndarray of float32 of shape (n_kernels, n_rows, width)
    biases : ndarray of float32 of shape (n_kernels,)

    Returns
    -------
    ndarray of int of shape (n_kernels, n_rows)
    """
    n_kernels, n_rows, width = results.shape
    above = results > biases[:, np.newaxis, np.newaxis]
    words = np.packbits(above.reshape(-1)).view(np.uint64)
    counts = np.bitwise_count(words).reshape(n_kernels, n_rows, width // _WORD)
    return np.asarray(counts.sum(axis=2, dtype=np.intp))
