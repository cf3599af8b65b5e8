"""Thousands of simple features by convolution, which a linear model weighs: MiniRocket."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from regression_model.transformers.series.base import Features, SeriesFeatures
from regression_model.transformers.series.cells import Series
from regression_model.transformers.series.convolutions import (
    N_KERNELS,
    Convolved,
    choose_dilations,
    choose_quantiles,
    count_above,
)

_MAX_RESULTS = 1 << 19
"""Results of convolutions that are held at a time: more would leave the processor's caches."""


class MiniRocketFeatures(SeriesFeatures):
    """Replace series by the shares of convolutions that exceed a bias (see `convolutions` for the source).

    The biases are quantiles of convolutions of training series that are drawn by the seed; all else is fixed. Each
    column of series gets as many features as the others.

    Parameters
    ----------
    variables : list of str
        Columns of series.
    n_features : int
        Of all columns together; rounded down to a multiple of 84 for each column, at least 84.
    random_state : int

    Attributes
    ----------
    dilations_ : dict of str to ndarray of int of shape (n_dilations,)
    biases_ : dict of str to list of ndarray of float32
        For each dilation, of shape (84, n_features_of_a_kernel).

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"speed": pd.Series([(0.0, 1.0, 0.5), (1.0, 1.0)], dtype=object)})
    >>> MiniRocketFeatures(["speed"], n_features=168).fit_transform(frame).shape
    (2, 168)
    """

    def __init__(self, variables: list[str], n_features: int = 9_996, random_state: int = 0) -> None:
        self.variables = variables
        self.n_features = n_features
        self.random_state = random_state

    def _learn(self, frame: Any) -> None:  # noqa: ANN401 - as in the base class
        self.dilations_: dict[str, npt.NDArray[np.intp]] = {}
        self.biases_: dict[str, list[npt.NDArray[np.float32]]] = {}
        super()._learn(frame)

    def _learn_column(
        self,
        column: str,
        series: list[Series],
        target: Any,  # noqa: ANN401 - as in the base class
    ) -> tuple[list[str], Features]:
        del target
        each = max(1, self.n_features // len(self.variables) // N_KERNELS)
        typical = sorted(map(len, series))[(len(series) - 1) // 2]
        dilations, counts = choose_dilations(typical, each)
        # In an order of their own: what is learned does not depend on the order of the rows.
        ordered = sorted(series, key=lambda values: (len(values), values.tolist()))
        generator = np.random.default_rng([self.random_state, *column.encode()])
        quantiles = np.split(choose_quantiles(each * N_KERNELS), np.cumsum(counts * N_KERNELS)[:-1])
        self.dilations_[column], self.biases_[column] = dilations, []
        for number, dilation in enumerate(dilations.tolist()):
            drawn = generator.integers(0, len(ordered), size=N_KERNELS)
            wanted = quantiles[number].reshape(N_KERNELS, -1)
            biases = np.empty(wanted.shape, dtype=np.float32)
            for kernel in range(N_KERNELS):
                batch = ordered[drawn[kernel]][np.newaxis].astype(np.float32)
                with np.errstate(over="ignore", invalid="ignore"):
                    results, _ = Convolved(batch, dilation).convolve(np.array([kernel]), padded=True)
                biases[kernel] = np.quantile(results[0, 0, : batch.shape[1]], wanted[kernel])
            self.biases_[column].append(biases)
        return [f"minirocket_{number:04d}" for number in range(each * N_KERNELS)], self._compute(column, series)

    def _compute(self, column: str, series: Sequence[Series]) -> Features:
        features = np.empty((len(series), sum(biases.size for biases in self.biases_[column])))
        by_length: dict[int, list[int]] = defaultdict(list)
        for row, values in enumerate(series):
            by_length[len(values)].append(row)
        for length, rows in sorted(by_length.items()):
            step = max(1, _MAX_RESULTS // (N_KERNELS // 2 * length))
            for start in range(0, len(rows), step):
                part = rows[start : start + step]
                # What a single float can't hold is infinite, and so are its sums: shares are defined all the same.
                with np.errstate(over="ignore", invalid="ignore"):
                    batch = np.stack([series[row] for row in part]).astype(np.float32)
                    features[part] = self._compute_batch(column, batch)
        return features

    def _compute_batch(self, column: str, batch: npt.NDArray[np.float32]) -> Features:
        blocks = []
        for number, (dilation, biases) in enumerate(zip(self.dilations_[column], self.biases_[column], strict=True)):
            convolved = Convolved(batch, int(dilation))
            block = np.empty((N_KERNELS, biases.shape[1], len(batch)))
            for parity in (0, 1):  # every second kernel is padded, at every second dilation the others
                kernels = np.arange((parity + number) % 2, N_KERNELS, 2)
                results, n_counting = convolved.convolve(kernels, padded=parity == 0)
                for place in range(biases.shape[1]):
                    block[kernels, place] = count_above(results, biases[kernels, place]) / n_counting
            blocks.append(block.reshape(-1, len(batch)))
        return np.concatenate(blocks).T
