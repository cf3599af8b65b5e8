from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from regression_model.processing.time_series import find_overlap, windows

SIGNAL = np.random.default_rng(0).normal(size=500)


def cut(*ranges):
    return pd.Series([tuple(SIGNAL[first:last].tolist()) for first, last in ranges], dtype=object)


def test_windows_that_overlap_hang_together():
    """In whatever order they come, and also where only a third one connects them."""
    windows = cut((64, 128), (300, 364), (0, 64), (32, 96))
    found = find_overlap(windows)
    assert found.groups.tolist() == [0, 1, 0, 0]
    assert (found.n_windows, found.n_pairs, found.share) == (3, 2, 0.5)
    assert "'evaluation.groups: overlap'" in found.describe()


def test_shorter_windows_within_longer_ones_and_equal_ones():
    assert find_overlap(cut((0, 100), (20, 50))).share == 1.0
    assert find_overlap(cut((0, 50), (0, 50))).groups.tolist() == [0, 0]


def test_no_overlap():
    assert find_overlap(cut((0, 64), (64, 128))) is None
    assert find_overlap(pd.Series([None, (1.0,), (1.0,)], dtype=object)) is None


def test_a_beginning_alone_is_no_overlap():
    first, second = cut((0, 64), (30, 94))
    assert find_overlap(pd.Series([first, (*second[:12], 99.0, *second[13:])], dtype=object)) is None


def test_a_sensor_at_rest_is_no_overlap():
    assert find_overlap(pd.Series([(0.0,) * 40, (0.0,) * 40], dtype=object)) is None


def test_any_column_counts():
    frame = pd.DataFrame({"x": cut((0, 20), (200, 220)), "y": cut((100, 120), (110, 130))})
    assert find_overlap(frame).groups.tolist() == [0, 0]


def test_missing_measurements_match_missing_ones():
    first, second = (np.array(window) for window in cut((0, 40), (20, 60)))
    first[30] = second[10] = np.nan
    windows = pd.Series([tuple(first), tuple(second)], dtype=object)
    assert find_overlap(windows).share == pytest.approx(0.5)


def find_plainly(cells):
    """Compare each window with each other one, at each place; return pairs with shares."""
    pairs = {}
    for row, window in enumerate(cells):
        for other, begins in enumerate(cells):
            if row == other or len(begins) < 8 or len(np.unique(begins[:8])) < 4:
                continue
            for start in range(len(window) - 7):
                n = min(len(window) - start, len(begins))
                if np.array_equal(window[start : start + n], begins[:n], equal_nan=True):
                    pair = min(row, other), max(row, other)
                    pairs[pair] = max(pairs.get(pair, 0.0), n / min(len(window), len(begins)))
    return pairs


@pytest.mark.parametrize("seed", range(12))
def test_it_finds_what_a_plain_comparison_finds(seed):
    generator = np.random.default_rng(seed)
    signal = [generator.normal(size=120), generator.integers(0, 6, 120) * 1.0, np.tile(SIGNAL[:20], 6)][seed % 3]
    cells = {}
    for start, length in zip(generator.integers(0, 100, 25), generator.integers(1, 50, 25), strict=True):
        window = signal[start : start + length].copy()
        if generator.random() < 0.2:
            window[generator.integers(0, len(window))] = generator.choice([np.nan, 0.0, -0.0, 5.0])
        cells[window.tobytes()] = tuple(window.tolist())
    pairs = find_plainly(list(cells.values()))
    found = find_overlap(pd.Series(list(cells.values()), dtype=object))
    assert (found.n_pairs, found.n_windows) == (len(pairs), len({row for pair in pairs for row in pair}))
    assert found.share == np.median(list(pairs.values()))
    assert all(found.groups[first] == found.groups[second] for first, second in pairs)
    assert len(np.unique(found.groups)) == len(cells) - count_joined(pairs)


def count_joined(pairs):
    """Count the pairs that join two groups which nothing before has joined."""
    groups = {row: {row} for pair in pairs for row in pair}
    n_joined = 0
    for first, second in pairs:
        if groups[first] is not groups[second]:
            n_joined += 1
            groups[first] |= groups[second]
            groups |= dict.fromkeys(groups[second], groups[first])
    return n_joined


@pytest.mark.parametrize(
    ("cells", "n_groups"),
    [
        ([(*SIGNAL[:8], *SIGNAL[number + 8 : number + 40] * 1.5 + number) for number in range(400)], 400),
        ([tuple(SIGNAL[:60])] * 400, 1),
        ([tuple(SIGNAL[: 20 + number]) for number in range(400)], 1),
        ([tuple(SIGNAL[number:]) for number in range(400)], 1),
        ([tuple(SIGNAL[number : number + 100]) for number in range(400)], 1),
    ],
    ids=["begin alike", "equal", "begin together", "end together", "dense"],
)
def test_not_every_window_is_compared_with_every_other_one(cells, n_groups, monkeypatch):
    """There are 79,800 pairs."""
    compared = []
    array_equal = np.array_equal
    monkeypatch.setattr(windows.np, "array_equal", lambda *a, **k: compared.append(1) or array_equal(*a, **k))
    found = find_overlap(pd.Series(cells, dtype=object))
    assert len(compared) <= 51 * len(cells)
    assert n_groups == (400 if found is None else len(np.unique(found.groups)))
    assert found is None or found.n_pairs <= 51 * len(cells)
