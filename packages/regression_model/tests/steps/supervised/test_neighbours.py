from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

from regression_model.compiled.neighbours import NearestPlaces, arrange
from regression_model.row_groups import row_groups
from regression_model.steps.supervised.folds import CrossFitting
from regression_model.steps.supervised.neighbours import NeighbourTarget
from regression_model.steps.supervised.tree_search import find_nearest


def build_places(n_rows=400, seed=0):
    random = np.random.default_rng(seed)
    # Places on a grid: several rows at one place, and neighbours equally far away.
    frame = pd.DataFrame(
        {"lat": np.round(random.normal(40, 1, n_rows), 1), "lon": np.round(random.normal(-3, 1, n_rows), 1)}
    )
    price = 100 + 10 * np.sin(3 * frame["lat"]) + 5 * frame["lon"] + random.normal(0, 1, n_rows)
    return frame, price


def by_force(frame, price, row, k, *, shrink):
    distances = np.hypot(frame["lat"] - row["lat"], (frame["lon"] - row["lon"]) * shrink)
    places = pd.DataFrame({"distance": distances.round(9), "lat": frame["lat"], "lon": frame["lon"], "price": price})
    places = places.groupby(["lat", "lon"]).agg(
        distance=("distance", "first"), mean=("price", "mean"), n=("price", "size")
    )
    return places.sort_values("distance", kind="stable"), places


@pytest.mark.parametrize("k", [1, 6])
def test_mean_over_the_nearest_places_that_have_k_rows(k):
    frame, price = build_places()
    fitted = NeighbourTarget(["lat", "lon"], [k], weights="uniform").fit(frame, price)
    random = np.random.default_rng(1)
    # No two places are equally far from such a point.
    rows = pd.DataFrame({"lat": random.normal(40, 1, 25), "lon": random.normal(-3, 1, 25)})
    found = fitted.transform(rows)[f"neighbours_{k}"]
    for position, row in rows.iterrows():
        ranked, _ = by_force(frame, price, row, k, shrink=fitted.shrink_)
        taken = ranked[ranked["n"].cumsum() - ranked["n"] < k]
        assert found[position] == pytest.approx((taken["mean"] * taken["n"]).sum() / taken["n"].sum(), rel=1e-12)


def test_training_rows_do_not_see_their_own_group():
    random = np.random.default_rng(4)
    groups = np.arange(600) // 6
    # Each group lives at a place of its own, far from others, and has a target of its own.
    frame = pd.DataFrame(
        random.uniform(0, 1000, (100, 2))[groups] + random.normal(0, 0.1, (600, 2)), columns=["x", "y"]
    )
    frame.loc[::7, "x"] = np.nan
    target = random.normal(0, 1, 100)[groups]
    seen = {}
    for known in (None, groups):
        with row_groups(known):
            transformer = NeighbourTarget(["x", "y"], [3], geographic=False)
            added = transformer.fit_transform(frame, target)["neighbours_3"]
            seen[known is not None] = added.corr(pd.Series(target))
    assert added.isna().equals(frame["x"].isna())
    assert seen[False] > 0.9
    assert abs(seen[True]) < 0.3


def test_training_rows_do_not_see_their_own_target():
    frame, _ = build_places()
    noise = np.random.default_rng(5).normal(0, 1, len(frame))
    transformer = NeighbourTarget(["lat", "lon"], [1], weights="uniform")
    seen = transformer.fit_transform(frame, noise)["neighbours_1"]
    later = transformer.transform(frame)["neighbours_1"]
    assert abs(np.corrcoef(seen, noise)[0, 1]) < 0.15  # of 400 independent pairs: three standard deviations
    assert np.corrcoef(later, noise)[0, 1] > 0.5
    changed = noise.copy()
    changed[7] += 1e-9  # small enough that it stays in its fold
    assert transformer.fit_transform(frame, changed)["neighbours_1"][7] == seen[7]


def test_fitting_and_transforming_leaves_what_fitting_leaves():
    frame, price = build_places()
    one, two = NeighbourTarget(["lat", "lon"], [3]), NeighbourTarget(["lat", "lon"], [3])
    two.fit_transform(frame, price)
    assert pickle.dumps(one.fit(frame, price)) == pickle.dumps(two)


def test_order_of_the_rows_does_not_matter():
    frame, price = build_places()
    order = np.random.default_rng(2).permutation(len(frame))
    one = NeighbourTarget(["lat", "lon"], [3]).fit(frame, price)
    two = NeighbourTarget(["lat", "lon"], [3]).fit(frame.iloc[order], price.iloc[order])
    assert pickle.dumps(one) == pickle.dumps(two)


def test_shares_of_several_classes_sum_up_to_one():
    frame, price = build_places()
    labels = np.where(price > 120, "dear", np.where(price > 100, "fair", "cheap"))
    cross_fitting = CrossFitting("classification", ("cheap", "dear", "fair"))
    transformer = NeighbourTarget(["lat", "lon"], [2, 9], cross_fitting=cross_fitting)
    answer = transformer.fit_transform(frame, labels)
    assert list(answer)[2:] == [f"neighbours_{k}_{label}" for k in (2, 9) for label in ("cheap", "dear", "fair")]
    np.testing.assert_allclose(answer.iloc[:, 2:5].sum(axis=1), 1, rtol=1e-12)


def test_rows_without_place():
    frame, price = build_places()
    frame.loc[[3, 4], "lat"] = [np.nan, 91.0]
    transformer = NeighbourTarget(["lat", "lon"], [2])
    assert transformer.fit_transform(frame, price)["neighbours_2"].isna().to_numpy().nonzero()[0].tolist() == [3, 4]
    assert transformer.transform(frame)["neighbours_2"].isna().to_numpy().nonzero()[0].tolist() == [3, 4]
    with pytest.raises(ValueError, match=r"no row has valid coordinates in \['lat', 'lon'\]"):
        transformer.fit(frame.assign(lat=95.0), price)
    with pytest.raises(ValueError, match="it learns from the target, so 'y' has to be given"):
        transformer.fit(frame)


def test_a_single_row_is_its_own_neighbour():
    frame, price = build_places(1)
    answer = NeighbourTarget(["lat", "lon"], [2]).fit_transform(frame, price)
    assert answer["neighbours_2"].tolist() == pytest.approx(price.tolist())


def test_the_tree_finds_what_the_search_without_it_finds():
    frame, _ = build_places(3000)
    places = np.unique(frame.to_numpy(), axis=0)
    nearest = NearestPlaces(places[arrange(places)])
    points = np.vstack([frame.to_numpy()[:500], np.random.default_rng(3).normal([40, -3], 2, (500, 2))])
    for n in (1, 4, 30):
        for one, other in zip(find_nearest(nearest, points, n), nearest.find(points, n), strict=True):
            np.testing.assert_array_equal(one, other)
