from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from regression_model.transformers.series.convolutions import TRIPLES, choose_dilations, choose_quantiles
from regression_model.transformers.series.minirocket import MiniRocketFeatures


def build_frame(n_rows=12, lengths=(40,)):
    generator = np.random.default_rng(5)
    cells = [tuple(generator.normal(size=lengths[row % len(lengths)]).tolist()) for row in range(n_rows)]
    return pd.DataFrame({"wave": pd.Series(cells, dtype=object), "area": np.arange(float(n_rows))})


def compute_slowly(values, fitted):
    """MiniRocket as its paper says it, one kernel and one moment at a time."""
    features = []
    length = len(values)
    for number, dilation in enumerate(fitted.dilations_["wave"]):
        for kernel, triple in enumerate(TRIPLES):
            weights = np.full(9, -1.0)
            weights[triple] = 2.0
            padding = 4 * dilation
            results = np.zeros(length)
            for moment in range(length):
                for place in range(9):
                    at = moment + (place - 4) * dilation
                    results[moment] += weights[place] * values[at] if 0 <= at < length else 0.0
            if (number + kernel) % 2 == 1 and length > 2 * padding:
                results = results[padding : length - padding]
            features += [np.mean(results > bias) for bias in fitted.biases_["wave"][number][kernel]]
    return features


def test_features_are_those_of_the_paper():
    frame = build_frame()
    fitted = MiniRocketFeatures(["wave"], n_features=84 * 4, random_state=3).fit(frame)
    found = fitted.transform(frame).drop(columns="area")
    assert found.shape == (12, 84 * 4)
    for row in (0, 7):
        np.testing.assert_allclose(found.iloc[row], compute_slowly(frame["wave"][row], fitted), atol=1e-12)


def test_dilations_and_quantiles_of_the_paper():
    """For 9,996 features of series of 128 points."""
    dilations, counts = choose_dilations(128, 119)
    assert dilations[0] == 1
    assert dilations[-1] <= 127 / 8
    assert counts.sum() == 119
    assert choose_dilations(5, 3)[0].tolist() == [1]
    np.testing.assert_allclose(choose_quantiles(2), [0.6180339887, 0.2360679775])


def test_fit_and_transform_agree_with_fit_transform():
    frame = build_frame(lengths=(40, 17, 3, 1))
    step = MiniRocketFeatures(["wave"], n_features=168)
    assert_frame_equal(step.fit_transform(frame), step.fit(frame).transform(frame))


def test_any_length_and_size_has_features():
    fitted = MiniRocketFeatures(["wave"], n_features=168).fit(build_frame())
    cells = [(1.0,), (0.0,) * 300, (1e300, -1e300) * 9, None]
    odd = pd.DataFrame({"wave": pd.Series(cells, dtype=object), "area": 0.0})
    found = fitted.transform(odd)
    assert found.notna().all(axis=None)
    np.testing.assert_array_equal(found.iloc[3, 1:], fitted.medians_["wave"])


def test_the_seed_decides_and_the_order_of_rows_does_not():
    frame = build_frame()
    first, second, other = (MiniRocketFeatures(["wave"], 168, seed).fit(frame) for seed in (1, 1, 2))
    assert pickle.dumps(first) == pickle.dumps(second)
    shuffled = MiniRocketFeatures(["wave"], 168, 1).fit(frame.iloc[::-1])
    for mine, theirs in zip(first.biases_["wave"], shuffled.biases_["wave"], strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert any((a != b).any() for a, b in zip(first.biases_["wave"], other.biases_["wave"], strict=True))


def test_columns_share_the_features():
    frame = build_frame().assign(tide=lambda table: table["wave"].map(lambda cell: cell[::-1]))
    step = MiniRocketFeatures(["wave", "tide"], n_features=400).fit(frame)
    names = [name.split("__")[0] for name in step.get_feature_names_out()]
    assert (names.count("wave"), names.count("tide")) == (168, 168)


def test_what_is_no_series_is_refused():
    with pytest.raises(ValueError, match="column 'area': expected a series"):
        MiniRocketFeatures(["area"]).fit(build_frame())
    empty = pd.DataFrame({"wave": pd.Series([None, None], dtype=object)})
    with pytest.raises(ValueError, match="no row has a series in column 'wave'"):
        MiniRocketFeatures(["wave"]).fit(empty)
