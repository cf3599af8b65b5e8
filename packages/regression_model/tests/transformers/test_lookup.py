from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from regression_model.transformers import LookupJoin

CITIES = pd.DataFrame(
    {
        "lat": [37.77, 34.05, 38.58],
        "lon": [-122.42, -118.24, -121.49],
        "zip": ["94103", "90012", "95814"],
        "year": [1990, 2000, 2010],
        "people": [873_965, 3_898_747, 524_943],
        "name": ["San Francisco", "Los Angeles", None],
        "capital": [False, False, True],
        "founded": pd.to_datetime(["1776-06-29", "1781-09-04", None]),
    }
)


def by_zip(*zips, table=CITIES, values=("name", "people", "capital", "founded")):
    frame = pd.DataFrame({"zip": pd.Series(zips, dtype=object)})
    return LookupJoin(["zip"], list(values), table).fit(frame).transform(frame)


def nearest(latitude, longitude, table=CITIES, **parameters):
    frame = pd.DataFrame({"lat": [latitude], "lon": [longitude]}, dtype="float64")
    join = LookupJoin(["lat", "lon"], ["people"], table, by="nearest", **parameters)
    return join.fit(frame).transform(frame)["people"][0]


def test_columns_of_the_row_with_the_same_key_are_added():
    answer = by_zip("90012", "94103", "90012")
    assert answer["name"].tolist() == ["Los Angeles", "San Francisco", "Los Angeles"]
    assert answer["people"].tolist() == [3_898_747.0, 873_965.0, 3_898_747.0]
    assert answer["capital"].tolist() == [0.0, 0.0, 0.0]
    assert answer["founded"][0] == pd.Timestamp("1781-09-04")
    assert answer.dtypes.astype(str).tolist() == ["object", "object", "float64", "float64", "datetime64[ns]"]


@pytest.mark.parametrize("key", ["00000", None, np.nan, ""])
def test_no_match_gives_missing_values_of_the_same_types(key):
    answer = by_zip("90012", key)
    assert answer.loc[1, ["name", "people", "capital", "founded"]].isna().all()
    assert answer.loc[1, "name"] is None
    assert answer.dtypes.equals(by_zip("90012").dtypes)


def test_missing_value_in_the_table_is_missing_in_the_answer():
    assert by_zip("95814").loc[0, "name"] is None
    assert by_zip("95814").loc[0, "capital"] == 1.0


def test_several_keys_of_different_kinds_and_a_prefix():
    frame = pd.DataFrame({"zip": pd.Series(["90012", "90012", None], dtype=object), "year": [2000.0, 1990.0, 2000.0]})
    join = LookupJoin(["zip", "year"], ["people"], CITIES, prefix="city_").fit(frame)
    np.testing.assert_array_equal(join.transform(frame)["city_people"], [3_898_747.0, np.nan, np.nan])


def test_numeric_key_matches_whatever_the_number_type():
    for dtype in ("int8", "float32", "float64", "Int64", "object"):
        frame = pd.DataFrame({"key": pd.Series([2, 1], dtype=dtype)})
        table = pd.DataFrame({"key": [1, 2], "value": [10, 20]})
        answer = LookupJoin(["key"], ["value"], table).fit(frame).transform(frame)
        assert answer["value"].tolist() == [20.0, 10.0]


def test_text_key_for_a_numeric_one_is_refused_not_unmatched():
    frame = pd.DataFrame({"year": pd.Series(["1990"], dtype=object)})
    with pytest.raises(ValueError, match="column 'year' must hold numbers"):
        LookupJoin(["year"], ["name"], CITIES).fit(frame)


def test_nearest_is_by_great_circle_not_by_degrees():
    # At 60 degrees north a degree of longitude is half as long as one of latitude.
    table = pd.DataFrame({"lat": [60.0, 61.0], "lon": [1.5, 0.0], "people": [1, 2]})
    assert nearest(60.0, 0.0, table) == 1.0


def test_nearest_across_the_date_line_and_at_the_pole():
    table = pd.DataFrame({"lat": [0.0, 0.0, 89.0], "lon": [179.5, -170.0, 0.0], "people": [1, 2, 3]})
    assert nearest(0.0, -179.9, table) == 1.0
    assert nearest(0.0, 180.1, table) == 1.0  # the same place
    assert nearest(89.5, 180.0, table) == 3.0


def test_distance_limit_is_in_kilometres():
    # One degree of a meridian is pi / 180 * 6371.0088 km = 111.195 km.
    table = pd.DataFrame({"lat": [1.0], "lon": [0.0], "people": [1]})
    assert nearest(0.0, 0.0, table, max_distance_km=111.196) == 1.0
    assert np.isnan(nearest(0.0, 0.0, table, max_distance_km=111.194))
    assert nearest(1.0, 0.0, table, max_distance_km=0) == 1.0


@pytest.mark.parametrize(("latitude", "longitude"), [(np.nan, 0), (0, np.nan), (91, 0), (0, -181), (0, 361)])
def test_coordinates_that_are_missing_or_not_on_earth_have_no_match(latitude, longitude):
    assert np.isnan(nearest(latitude, longitude))


def test_order_of_the_tables_rows_does_not_matter_even_for_equal_distances():
    corners = pd.DataFrame({"lat": [1.0, 1.0, -1.0, -1.0], "lon": [1.0, -1.0, 1.0, -1.0], "people": range(4)})
    answers = {nearest(0.0, 0.0, corners.sample(frac=1, random_state=seed)) for seed in range(8)}
    assert len(answers) == 1


def test_nearest_of_real_blocks_is_that_of_brute_force(real_data):
    blocks = pd.read_csv(real_data("california_housing.csv")).iloc[::40][["latitude", "longitude"]]
    table = CITIES.rename(columns={"lat": "latitude", "lon": "longitude"})
    join = LookupJoin(["latitude", "longitude"], ["people"], table, by="nearest").fit(blocks)
    phi, theta = np.radians(blocks.to_numpy())[:, :, None].swapaxes(0, 1)
    phi_city, theta_city = np.radians(table[["latitude", "longitude"]].to_numpy()).T
    cosine = np.sin(phi) * np.sin(phi_city) + np.cos(phi) * np.cos(phi_city) * np.cos(theta - theta_city)
    expected = table["people"].to_numpy()[cosine.argmax(axis=1)]
    assert len(expected) > 400
    np.testing.assert_array_equal(join.transform(blocks)["people"], expected)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"by": "name"}, r"LookupJoin.by: expected one of \('key', 'nearest'\), got 'name'"),
        ({"table": CITIES.iloc[:0]}, "LookupJoin.table: expected at least one row"),
        (
            {"key_columns": ["zap"]},
            r"key_columns \(in table\): missing columns \['zap'\].*did you mean 'zip'",
        ),
        ({"value_columns": []}, r"value_columns \(in table\): expected a list of column names"),
        ({"value_columns": ["mayor"]}, r"value_columns \(in table\): missing columns \['mayor'\]"),
        ({"key_columns": ["name"]}, r"LookupJoin.key_columns: missing columns \['name'\]"),
        ({"value_columns": ["zip"]}, "names that the frame has already; choose another prefix"),
        ({"table": pd.concat([CITIES, CITIES])}, r"expected each key once.*\[\['90012'\], \['94103'\]"),
        ({"table": CITIES.assign(zip=["1", None, "2"])}, r"keys \['zip'\] must not be missing"),
        ({"max_distance_km": 5.0}, "only by='nearest' has distances"),
        ({"by": "nearest"}, r"expected \[latitude, longitude\], got \['zip'\]"),
        (
            {"by": "nearest", "key_columns": ["lat", "lon"], "max_distance_km": -1.0},
            "expected at least 0 km, got -1",
        ),
        ({"by": "nearest", "key_columns": ["lon", "lat"]}, r"expected latitudes in \[-90, 90\]"),
    ],
)
def test_bad_parameters_are_named(parameters, message):
    frame = pd.DataFrame({"zip": ["90012"], "lat": [1.0], "lon": [2.0]}).astype({"zip": object})
    good = {"key_columns": ["zip"], "value_columns": ["people"], "table": CITIES}
    with pytest.raises(ValueError, match=message):
        LookupJoin(**{**good, **parameters}).fit(frame)
