from __future__ import annotations

import csv
from io import StringIO

import numpy as np
import pandas as pd
import pytest

from regression_model.processing.sample import generate_sample
from regression_model.processing.sample.codes import COLUMNS, UNKNOWN_SHARES
from regression_model.processing.sample.generator import FIRST_ID

BASEMENT_LABELS = ["BsmtQual", "BsmtCond", "BsmtExposure", "BsmtFinType1", "BsmtFinType2"]
GARAGE_LABELS = ["GarageType", "GarageFinish", "GarageQual", "GarageCond"]
HAS_NONE = ["Alley", *BASEMENT_LABELS, "FireplaceQu", *GARAGE_LABELS, "PoolQC", "Fence", "MiscFeature"]
MAY_BE_UNKNOWN = ["LotFrontage", "MasVnrType", "MasVnrArea", "Electrical", "GarageYrBlt"]


@pytest.fixture(scope="module")
def houses() -> pd.DataFrame:
    return generate_sample()


def is_none(houses, column):
    return houses[column] == "NA"


def agree(one, other):
    # Of all the rows, not just most: comparisons of nullable columns are nullable themselves.
    return bool((one.astype(bool) == other.astype(bool)).all())


def test_shape_and_columns(houses):
    assert houses.shape == (800, 81)
    assert tuple(houses.columns) == COLUMNS
    assert len(set(COLUMNS)) == 81
    assert houses["Id"].tolist() == list(range(FIRST_ID, FIRST_ID + 800))


def test_columns_are_those_of_the_real_table(houses, real_data):
    with real_data("house_prices.csv").open(newline="") as stream:
        assert next(csv.reader(stream)) == list(houses.columns)


def test_categories_and_number_columns_are_those_of_the_real_table(houses, real_data):
    real = pd.read_csv(real_data("house_prices.csv"), keep_default_na=False, dtype=str)
    for column in houses.columns:
        if houses[column].dtype == object:
            assert set(houses[column].dropna()) <= set(real[column]), column
        else:
            known = real.loc[~real[column].isin(["", "NA"]), column]
            assert pd.to_numeric(known, errors="coerce").notna().all(), column


def test_no_row_of_the_real_table_is_in_it(houses, real_data):
    real = pd.read_csv(real_data("house_prices.csv"), keep_default_na=False, dtype=str)
    ours = pd.read_csv(_write(houses), keep_default_na=False, dtype=str)
    features = [column for column in COLUMNS if column not in {"Id", "SalePrice"}]
    assert not set(map(tuple, ours[features].to_numpy())) & set(map(tuple, real[features].to_numpy()))
    # Nor the bulk of a row: what measures a house and its lot.
    measures = ["LotArea", "YearBuilt", "1stFlrSF", "GrLivArea", "TotalBsmtSF", "GarageArea"]
    assert not set(map(tuple, ours[measures].to_numpy())) & set(map(tuple, real[measures].to_numpy()))


def _write(houses):
    return StringIO(houses.to_csv(index=False))


def test_same_seed_same_rows_and_first_rows_do_not_depend_on_how_many_follow(houses):
    pd.testing.assert_frame_equal(generate_sample(n_rows=50), houses.head(50))


def test_another_seed_gives_other_rows(houses):
    other = generate_sample(seed=1)
    assert not other["SalePrice"].equals(houses["SalePrice"])


@pytest.mark.parametrize(("n_rows", "seed"), [(0, 1), (-5, 1), (5, -1)])
def test_impossible_arguments_are_refused(n_rows, seed):
    with pytest.raises(ValueError, match=f"n_rows={n_rows} and seed={seed}"):
        generate_sample(n_rows=n_rows, seed=seed)


def test_areas_add_up(houses):
    basement = houses["BsmtFinSF1"] + houses["BsmtFinSF2"] + houses["BsmtUnfSF"]
    assert (basement == houses["TotalBsmtSF"]).all()
    living = houses["1stFlrSF"] + houses["2ndFlrSF"] + houses["LowQualFinSF"]
    assert (living == houses["GrLivArea"]).all()


def test_numbers_are_never_negative(houses):
    numbers = houses.select_dtypes("number")
    assert numbers.min().min() == 0


def test_years_follow_each_other(houses):
    assert (houses["YearRemodAdd"] >= houses["YearBuilt"]).all()
    assert (houses["YrSold"] >= houses["YearRemodAdd"]).all()
    assert houses["YrSold"].between(2006, 2010).all()
    garage = houses.dropna(subset=["GarageYrBlt"])
    assert garage["GarageYrBlt"].between(garage["YearBuilt"], garage["YrSold"]).all()


def test_a_house_without_basement_has_none_of_its_parts(houses):
    without = houses["TotalBsmtSF"] == 0
    assert 5 < without.sum() < 80
    for column in BASEMENT_LABELS:
        assert agree(is_none(houses, column), without), column
    assert (houses.loc[without, ["BsmtFullBath", "BsmtHalfBath"]] == 0).all(axis=None)


def test_unfinished_basements_have_no_finished_area(houses):
    for finish, area in [("BsmtFinType1", "BsmtFinSF1"), ("BsmtFinType2", "BsmtFinSF2")]:
        unfinished = houses[finish].isin(["Unf", "NA"])
        assert agree(houses[area] == 0, unfinished), finish


def test_a_house_without_garage_has_none_of_its_parts(houses):
    without = houses["GarageCars"] == 0
    assert 10 < without.sum() < 100
    for column in GARAGE_LABELS:
        assert agree(is_none(houses, column), without), column
    assert agree(houses["GarageArea"] == 0, without)
    assert agree(houses["GarageYrBlt"].isna(), without)


@pytest.mark.parametrize(
    ("label", "amount"), [("FireplaceQu", "Fireplaces"), ("PoolQC", "PoolArea"), ("MiscFeature", "MiscVal")]
)
def test_none_means_an_amount_of_zero(houses, label, amount):
    assert agree(is_none(houses, label), houses[amount] == 0)


def test_veneer_type_and_area_agree(houses):
    assert agree(houses["MasVnrType"].isna(), houses["MasVnrArea"].isna())
    known = houses.dropna(subset=["MasVnrType"])
    assert agree(known["MasVnrType"] == "None", known["MasVnrArea"] == 0)


def test_subclass_agrees_with_building_style_and_age(houses):
    two_floors = houses[houses["MSSubClass"] == 60]
    assert len(two_floors) > 50
    assert (two_floors["YearBuilt"] > 1945).all()
    assert (two_floors["HouseStyle"] == "2Story").all()
    assert agree(houses["BldgType"] == "Duplex", houses["MSSubClass"] == 90)


def test_only_declared_columns_lack_values(houses):
    shares = houses.isna().mean()
    assert set(shares[shares > 0].index) == set(MAY_BE_UNKNOWN)
    assert 0.1 < shares["LotFrontage"] < 0.25
    assert set(UNKNOWN_SHARES) < set(MAY_BE_UNKNOWN)


def test_having_none_is_a_category_of_its_own(houses):
    found = [column for column in houses if houses[column].dtype == object and is_none(houses, column).any()]
    assert sorted(found) == sorted(HAS_NONE)


def test_rare_labels_skew_and_outliers_are_there(houses):
    labels = houses.select_dtypes(object)
    rarest = labels.apply(lambda column: column.value_counts(normalize=True).min())
    assert (rarest < 0.01).sum() >= 10
    assert houses["LotArea"].astype(float).skew() > 3
    enormous = houses["GrLivArea"] > 4000
    assert 2 <= enormous.sum() <= 12
    assert (houses.loc[enormous, "SaleCondition"] == "Partial").any()


def test_prices_are_realistic(houses):
    price = houses["SalePrice"].astype(float)
    assert price.min() >= 35_000
    assert price.max() <= 750_000
    assert 140_000 < price.median() < 180_000
    assert 1 < price.skew() < 3
    # Limits that many rows touched would be a spike in the distribution.
    assert price.isin([35_000, 750_000]).sum() <= 3


@pytest.mark.parametrize(
    ("column", "low", "high"),
    [
        ("OverallQual", 0.7, 0.9),
        ("GrLivArea", 0.5, 0.8),
        ("YearBuilt", 0.4, 0.8),
        ("GarageCars", 0.5, 0.8),
        ("TotalBsmtSF", 0.35, 0.7),
        ("MoSold", -0.15, 0.15),
    ],
)
def test_prices_follow_what_they_should(houses, column, low, high):
    ranks = houses[[column, "SalePrice"]].astype(float).corr("spearman")
    assert low < ranks.iloc[0, 1] < high


def test_neighbourhoods_differ(houses):
    medians = houses.groupby("Neighborhood")["SalePrice"].median().astype(float)
    assert medians["NridgHt"] > 1.5 * medians["NAmes"] > 1.5 * medians["IDOTRR"]
    assert np.log(medians).std() > 0.2
