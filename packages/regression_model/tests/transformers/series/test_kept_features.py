from __future__ import annotations

import tracemalloc

import numpy as np

from regression_model.transformers.series.kept_features import KeptFeatures


def build_series(number, length=10_000):
    return np.full(length, float(number))


def test_series_themselves_are_not_kept():
    """300 series of 80 kB each."""
    kept = KeptFeatures()
    tracemalloc.start()
    for number in range(300):
        kept.keep("mean", build_series(number), np.full(10, float(number)))
    n_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert n_bytes < 300 * 1_000
    assert kept.n_bytes <= n_bytes * 2
    assert kept.find("mean", build_series(7)).tolist() == [7.0] * 10
    assert kept.find("other", build_series(7)) is None


def test_no_more_than_so_many_bytes_are_kept():
    kept = KeptFeatures(most_bytes=10_000)
    for number in range(50):
        kept.keep("mean", build_series(number, 5), np.zeros(100))
        kept.keep("mean", build_series(number, 5), np.zeros(100))  # counts once
        assert 0 < kept.n_bytes <= 10_000
    assert kept.find("mean", build_series(49, 5)) is not None
    assert kept.find("mean", build_series(0, 5)) is None
    kept.clear()
    assert kept.n_bytes == 0
