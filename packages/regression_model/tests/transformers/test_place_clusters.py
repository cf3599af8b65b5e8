from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from regression_model.transformers import PlaceClusters, RotateCoordinates
from regression_model.transformers.clustering import find_centres
from regression_model.transformers.coordinates import EARTH_RADIUS_KM

CITIES = np.array([[37.77, -122.42], [34.05, -118.24], [38.58, -121.49]])


def build_blocks(n_rows=600):
    random = np.random.default_rng(0)
    return pd.DataFrame(
        CITIES[random.integers(0, 3, n_rows)] + random.normal(0, 0.05, (n_rows, 2)), columns=["lat", "lon"]
    )


def test_centres_are_where_the_rows_are():
    blocks = build_blocks()
    clusters = PlaceClusters(["lat", "lon"], n_clusters=3).fit(blocks)
    found = clusters.centres_ / [1, clusters.shrink_]
    np.testing.assert_allclose(found, CITIES[np.argsort(CITIES[:, 0])], atol=0.02)


def test_distances_are_those_on_earth_near_by():
    clusters = PlaceClusters(["lat", "lon"], n_clusters=3, adds="both").fit(build_blocks())
    row = pd.DataFrame({"lat": [37.9], "lon": [-121.9]})
    answer = clusters.transform(row)
    latitude, longitude = np.radians(clusters.centres_ / [1, clusters.shrink_]).T
    at = np.radians(row.to_numpy()[0])
    halves = (
        np.sin((latitude - at[0]) / 2) ** 2 + np.cos(latitude) * np.cos(at[0]) * np.sin((longitude - at[1]) / 2) ** 2
    )
    expected = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(halves))
    # The plane is stretched by some percent a few degrees from the middle latitude.
    np.testing.assert_allclose(answer.iloc[0, 2:5], expected, rtol=0.06)
    assert answer["place_nearest"].item() == expected.argmin() + 1


def test_missing_and_impossible_coordinates():
    rows = pd.DataFrame({"lat": [np.nan, 95.0, 37.0], "lon": [-122.0, -122.0, 400.0]})
    answer = PlaceClusters(["lat", "lon"], n_clusters=2, adds="both").fit(build_blocks()).transform(rows)
    assert answer.iloc[:, 2:].isna().all(axis=None)
    with pytest.raises(ValueError, match="no row has valid coordinates"):
        PlaceClusters(["lat", "lon"]).fit(rows)


def test_fewer_places_than_centres():
    centres = find_centres(np.array([[1.0, 2.0], [1.0, 2.0], [0.0, 5.0]]), 4, seed=0)
    assert centres.tolist() == [[0, 5], [1, 2], [1, 2], [1, 2]]


def test_centres_have_a_smaller_sum_of_squares_than_others():
    from sklearn.cluster import KMeans

    points = np.random.default_rng(3).normal(0, 1, (300, 2))
    own = find_centres(points, 8, seed=0)
    best = KMeans(8, n_init=3, random_state=0).fit(points).inertia_
    squares = ((points[:, None] - own) ** 2).sum(axis=2).min(axis=1).sum()
    assert squares < 1.1 * best


def test_parameters_that_do_not_suit():
    blocks = build_blocks()
    for parameters, message in (
        ({"n_clusters": 0}, "n_clusters: expected at least 1, got 0"),
        ({"adds": "all"}, "adds: expected one of"),
        ({"into": "lat"}, None),
    ):
        clusters = PlaceClusters(["lat", "lon"], **parameters)
        if message is None:
            clusters.fit(blocks)
            continue
        with pytest.raises(ValueError, match=message):
            clusters.fit(blocks)
    with pytest.raises(ValueError, match=r"there are columns \['place_distance_1'\] already"):
        PlaceClusters(["lat", "lon"]).fit(blocks.assign(place_distance_1=0.0))
    with pytest.raises(ValueError, match="expected two columns"):
        PlaceClusters(["lat"]).fit(blocks)


def test_turned_axes_keep_distances():
    blocks = build_blocks(50)
    turned = RotateCoordinates(["lat", "lon"], [30.0], into="t").fit_transform(blocks)
    assert list(turned) == ["lat", "lon", "t_30_x", "t_30_y"]
    np.testing.assert_allclose(np.hypot(turned["t_30_x"], turned["t_30_y"]), np.hypot(blocks["lat"], blocks["lon"]))
    with pytest.raises(ValueError, match=r"there are columns \['t_30_x'\] already"):
        RotateCoordinates(["lat", "lon"], [30.0], into="t").fit(blocks.assign(t_30_x=1.0))
    with pytest.raises(ValueError, match="expected two columns"):
        RotateCoordinates(["lat"], [30.0]).fit(blocks)
