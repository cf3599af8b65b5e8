from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from regression_model.evaluation.segments import SegmentLimits, compute_segment_errors

ANY_SIZE = SegmentLimits(min_rows=1, max_segments=100, max_per_feature=100)


def by_label(errors):
    return {f"{segment.feature}={segment.label}": segment for segment in errors.segments}


def test_errors_of_categories_are_their_means():
    frame = pd.DataFrame({"zone": pd.Series(["a", "a", "b", None], dtype=object)})
    found = by_label(compute_segment_errors(frame, [1.0, 3.0, 5.0, 7.0], [1.0, -3.0, 5.0, 7.0], ANY_SIZE))
    assert set(found) == {"zone=a", "zone=b", "zone=missing"}
    assert (found["zone=a"].error, found["zone=a"].bias, found["zone=a"].n_rows) == (2.0, -1.0, 2)
    # Two errors of 1 and 3: standard deviation sqrt(2), standard error of the mean 1.
    assert found["zone=a"].margin == pytest.approx(1.96, abs=0.001)
    assert found["zone=missing"].error == 7.0


def test_numbers_are_cut_into_quarters():
    frame = pd.DataFrame({"area": np.arange(100.0)})
    errors = compute_segment_errors(frame, np.arange(100.0), limits=ANY_SIZE)
    assert {segment.label: segment.n_rows for segment in errors.segments} == {
        "75 to 99": 25, "50 to 74": 25, "25 to 49": 25, "0 to 24": 25
    }  # fmt: skip
    assert errors.overall == 49.5
    assert errors.segments[0].error == 87.0
    assert errors.segments[0].bias is None


def test_few_distinct_numbers_dates_and_booleans_are_named_readably():
    frame = pd.DataFrame(
        {
            "rooms": [1.0, 2.0] * 10,
            "sold": pd.date_range("2020-01-01", periods=20),
            "new": pd.Series([True, False] * 10),
        }
    )
    labels = set(by_label(compute_segment_errors(frame, np.arange(20.0), limits=ANY_SIZE)))
    assert {"rooms=1", "rooms=2", "new=True", "sold=2020-01-01 to 2020-01-05"} <= labels


def test_the_planted_segment_is_found_first_and_chance_is_not():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({f"x{i}": rng.normal(size=1000) for i in range(10)})
    frame["zone"] = pd.Series(rng.choice(["good", "bad"], 1000, p=[0.9, 0.1]), dtype=object)
    errors = np.where(frame["zone"] == "bad", 3.0, 1.0) + 0.1 * rng.random(1000)
    worst = compute_segment_errors(frame, errors).segments[0]
    assert (worst.feature, worst.label) == ("zone", "bad")


def test_limits_hold():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({f"x{i}": rng.normal(size=200) for i in range(5)})
    frame["tiny"] = pd.Series(["rare"] * 5 + ["common"] * 195, dtype=object)
    errors = compute_segment_errors(
        frame, rng.random(200), limits=SegmentLimits(min_rows=20, max_segments=6, max_per_feature=2)
    )
    assert len(errors.segments) == 6
    assert errors.n_searched == 21  # five columns with four quarters, and the common category
    names = [segment.feature for segment in errors.segments]
    assert max(names.count(name) for name in names) <= 2
    assert all(segment.label != "rare" for segment in errors.segments)


def test_a_frame_without_segments_gives_none():
    assert compute_segment_errors(pd.DataFrame({"x": [1.0] * 30}), np.ones(30)).segments == ()
