from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

from regression_model.transformers.series import tsfresh_calculators
from regression_model.transformers.series.tsfresh_calculators import calculate, find_set_names, settings_of_set
from regression_model.transformers.series.tsfresh_features import TsfreshFeatures

pytestmark = pytest.mark.heavy

QUICK = ("mean", "quantile__q_0.1", "linear_trend__attr_\"slope\"", "maximum", "minimum", "length", "median",
         "variance", "abs_energy", "mean_change", "root_mean_square", "standard_deviation")  # fmt: skip


def build_frame(n_rows=40):
    generator = np.random.default_rng(5)
    cells = [tuple((generator.normal(size=30) + (row % 2)).tolist()) for row in range(n_rows)]
    target = np.where(np.arange(n_rows) % 2 == 1, "high", "low")
    return pd.DataFrame({"wave": pd.Series(cells, dtype=object), "area": 0.0}), target


def test_values_are_those_of_tsfresh():
    from tsfresh import extract_features

    frame, _ = build_frame(3)
    long = pd.concat([pd.DataFrame({"id": row, "x": list(cell)}) for row, cell in enumerate(frame["wave"])])
    settings = {name: settings_of_set("efficient")[name] for name in ("fft_aggregated", "quantile", "ar_coefficient")}
    theirs = extract_features(
        long, column_id="id", column_value="x", default_fc_parameters=settings, n_jobs=0, disable_progressbar=True
    )
    names = [name.removeprefix("x__") for name in theirs.columns]
    ours = [calculate(np.asarray(cell), settings, names) for cell in frame["wave"]]
    np.testing.assert_array_equal(ours, theirs.to_numpy())


def test_only_relevant_features_are_kept_and_computed():
    """The mean tells the classes apart, the length is the same in all rows."""
    frame, target = build_frame()
    step = TsfreshFeatures(["wave"], names=QUICK, task="classification").fit(frame, target)
    kept = step.names_["wave"]
    assert {"mean", "median"} <= set(kept)
    assert "length" not in kept
    assert list(step.get_feature_names_out()) == ["area", *(f"wave__{name}" for name in kept)]
    everything = TsfreshFeatures(["wave"], names=QUICK).fit(frame, target)
    assert everything.names_["wave"] == sorted(QUICK)


def test_where_nothing_is_relevant_the_best_are_kept():
    frame, _ = build_frame(20)
    target = np.array(["a", "b"] * 10)[np.random.default_rng(0).permutation(20)]
    step = TsfreshFeatures(["wave"], names=QUICK, task="classification").fit(frame, target)
    assert len(step.names_["wave"]) == 10


def test_what_learning_kept_is_what_serving_computes():
    """Bit for bit, also in another process, which has kept nothing."""
    frame, target = build_frame(24)
    step = TsfreshFeatures(["wave"], "minimal", task="classification")
    learned = step.fit_transform(frame, target)
    tsfresh_calculators._kept.clear()
    pd.testing.assert_frame_equal(step.transform(frame), learned)
    again = TsfreshFeatures(["wave"], "minimal", task="classification").fit(frame, target)
    assert pickle.dumps(again) == pickle.dumps(step)


def test_undefined_features_become_the_median():
    frame, _ = build_frame(12)
    step = TsfreshFeatures(["wave"], names=["mean", "skewness", 'linear_trend__attr_"slope"']).fit(frame)
    odd = pd.DataFrame({"wave": pd.Series([(1.0,), (2.0, 2.0), None], dtype=object), "area": 0.0})
    found = step.transform(odd)
    assert found.notna().all(axis=None)
    assert found["wave__mean"].tolist()[:2] == [1.0, 2.0]
    assert found["wave__skewness"][0] == found["wave__skewness"][2] == step.medians_["wave"][2]


def test_a_regression_has_relevant_features_too():
    frame, _ = build_frame()
    target = np.array([np.mean(cell) for cell in frame["wave"]])
    assert "mean" in TsfreshFeatures(["wave"], names=QUICK, task="regression").fit(frame, target).names_["wave"]


def test_names_that_tsfresh_does_not_have_are_refused():
    with pytest.raises(ValueError, match="tsfresh has no such feature among meen"):
        TsfreshFeatures(["wave"], names=["meen"]).fit(build_frame(5)[0])
    with pytest.raises(ValueError, match="expected one of minimal, efficient, comprehensive"):
        TsfreshFeatures(["wave"], "tiny").fit(build_frame(5)[0])


def test_the_sets_have_names():
    assert "mean" in find_set_names("minimal")
